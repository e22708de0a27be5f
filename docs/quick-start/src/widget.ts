// What a booking widget does first: boot, start a session, ask whether it goes to a zip code.
// node dist/widget.js ENDPOINT PUBLISHABLE_KEY
import { send } from './client.js'
import { graphql } from './generated/gql.js'

const Boot = graphql(`
  query Boot($key: String!, $context: RoutingContextInput!) {
    scheduler(publishableKey: $key) {
      name
      fallbackPhoneNumberScreen { phoneNumber }
      bookingFlow(context: $context) {
        content { title }
        steps {
          __typename
          ... on BookingFlowStepBase { id stepType }
        }
      }
    }
  }
`)

const Start = graphql(`
  mutation Start($input: StartBookingSessionInput!) {
    startBookingSession(input: $input) {
      bookingSession { ... on BookingSessionBase { id sequence } }
      sessionToken
      userErrors { code message path }
    }
  }
`)

const Coverage = graphql(`
  query Coverage($stepId: ID!, $zipcode: String!) {
    zipcodeCoverage(stepId: $stepId, zipcode: $zipcode) { isCovered }
  }
`)

const [endpoint = '', key = ''] = process.argv.slice(2)
const context = { url: 'https://harbor.example/' }

const { scheduler } = await send(endpoint, Boot, { key, context })
if (!scheduler) throw new Error('there is no widget with this publishable key')
const flow = scheduler.bookingFlow
if (!flow) throw new Error(`call ${scheduler.fallbackPhoneNumberScreen?.phoneNumber}`)
console.log(`${scheduler.name}: ${flow.content.title}, ${flow.steps.length} steps`)

const input = { publishableKey: key, context, idempotencyKey: crypto.randomUUID() }
const { startBookingSession: started } = await send(endpoint, Start, { input })
if (!started.sessionToken) throw new Error(started.userErrors.map((each) => each.message).join())
console.log(`session ${started.bookingSession?.id}`)

// From here on the session's own token is the credential.
const zipcodeStep = flow.steps.find((step) => step.__typename === 'BookingFlowZipcodeStep')
if (zipcodeStep) {
  const variables = { stepId: zipcodeStep.id, zipcode: '43201' }
  const { zipcodeCoverage } = await send(endpoint, Coverage, variables, started.sessionToken)
  console.log(`covers 43201: ${zipcodeCoverage?.isCovered}`)
}
