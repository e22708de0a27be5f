// One function sends any operation; what it takes and answers is typed by the operation.
import type { TypedDocumentString } from './generated/graphql.js'

type Answer<Data> = {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

/** Send an operation and return its data; throws when the request itself failed. */
export async function send<Data, Variables>(
  endpoint: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  token?: string,
): Promise<Data> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  })
  const { data, errors } = (await response.json()) as Answer<Data>
  if (errors?.length || !data) {
    const said = errors?.map((error) => `${error.extensions?.code}: ${error.message}`)
    throw new Error(said?.join('; ') ?? `HTTP ${response.status}`)
  }
  return data
}
