// What an admin app does: who am I, create a service, list all services page by page.
// node dist/admin.js ENDPOINT API_KEY
import { send } from './client.js'
import { graphql } from './generated/gql.js'
import type { ServicesQuery } from './generated/graphql.js'

const Viewer = graphql(`
  query Viewer {
    viewer { role organization { name } }
  }
`)

const CreateService = graphql(`
  mutation CreateService($input: CreateBookingServiceInput!) {
    createBookingService(input: $input) {
      bookingService { id version }
      userErrors { code message path }
    }
  }
`)

const Services = graphql(`
  query Services($after: String) {
    bookingServices(first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id serviceContent { title } } }
    }
  }
`)

const [endpoint = '', key = ''] = process.argv.slice(2)

const { viewer } = await send(endpoint, Viewer, {}, key)
if (!viewer) throw new Error('the key is not known')
console.log(`${viewer.organization.name}, as ${viewer.role}`)

const input = { serviceContent: { title: 'Furnace tune-up', icon: 'flame' } }
const { createBookingService: created } = await send(endpoint, CreateService, { input }, key)
for (const { code, message, path } of created.userErrors) {
  // Every problem at once, each at the field of the form that it belongs to.
  console.error(`${code} at ${path?.join('.')}: ${message}`)
}

let after: string | null | undefined
do {
  const page: ServicesQuery = await send(endpoint, Services, { after }, key)
  for (const { node } of page.bookingServices.edges) console.log(node.serviceContent.title)
  after = page.bookingServices.pageInfo.hasNextPage ? page.bookingServices.pageInfo.endCursor : null
} while (after)
