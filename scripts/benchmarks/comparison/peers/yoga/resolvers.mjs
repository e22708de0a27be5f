// Resolvers by type. Stored names are in snake_case and stored enum values in lower case; what
// differs from the schema by nothing else is resolved by its name.
import { GraphQLError, GraphQLScalarType, buildSchema, isEnumType, isObjectType } from "graphql";
import { decodeId, encodeId } from "./ids.mjs";
import { recordEvents } from "./sessions.mjs";

const DOCUMENT_TYPES = {
  BookingAnswerCategory: "_id",
  BookingFlow: "_id",
  BookingQuestion: "_id",
  BookingService: "_id",
  BookingSessionEvent: "_id",
  BrandKit: "_id",
};
const STEP_TYPES = {
  zipcode: "BookingFlowZipcodeStep",
  service_selection: "BookingFlowServiceSelectionStep",
  details: "BookingFlowDetailsStep",
  timeslot_selection: "BookingFlowTimeslotSelectionStep",
  customer: "BookingFlowCustomerStep",
  summary: "BookingFlowSummaryStep",
};
const NODE_TYPES = {
  question_reference: "QuestionReferenceNode",
  answer_reference: "AnswerReferenceNode",
  service_reference: "ServiceReferenceNode",
};
const SESSION_TYPES = {
  active: "ActiveBookingSession",
  completed: "CompletedBookingSession",
  abandoned: "AbandonedBookingSession",
};
const EVENT_DATA_TYPES = {
  session_started: "SessionStartEventData",
  field_updated: "FieldUpdateEventData",
};

export function createResolvers(typeDefs) {
  const resolvers = resolversByName(typeDefs);
  for (const [type, own] of Object.entries(ownResolvers())) {
    resolvers[type] = own instanceof GraphQLScalarType ? own : { ...resolvers[type], ...own };
  }
  return resolvers;
}

function resolversByName(typeDefs) {
  const resolvers = {};
  for (const type of Object.values(buildSchema(typeDefs).getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isEnumType(type)) {
      const values = type.getValues().map(({ name }) => [name, name.toLowerCase()]);
      resolvers[type.name] = Object.fromEntries(values);
    }
    if (isObjectType(type)) {
      const renamed = Object.keys(type.getFields()).filter((name) => /[A-Z]/.test(name));
      const fields = renamed.map((name) => [name, readField(toSnakeCase(name))]);
      resolvers[type.name] = Object.fromEntries(fields);
    }
  }
  // These are no stored values.
  resolvers.UserErrorCode = {};
  for (const type of ["RecordBookingSessionEventsPayload", "BookingSessionEventResult"]) {
    resolvers[type] = {};
  }
  return resolvers;
}

const readField = (name) => (parent) => parent[name];
const toSnakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function ownResolvers() {
  const byId = Object.entries(DOCUMENT_TYPES).map(([type, field]) => [
    type,
    { id: (document) => encodeId(type, document[field]) },
  ]);
  const steps = Object.values(STEP_TYPES).map((type) => [type, { id: stepId }]);
  const sessions = Object.values(SESSION_TYPES).map((type) => [type, sessionResolvers]);
  return merge(Object.fromEntries([...byId, ...steps, ...sessions]), {
    DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (time) => time.toISOString() }),
    Query: { scheduler, bookingFlows, bookingSession },
    Mutation: { recordBookingSessionEvents },
    Scheduler: {
      id: (config) => encodeId("SchedulerConfig", config._id),
      brandKit: (config, _, { loaders }) =>
        loadOwned(loaders.brandKits, config, config.brand_kit_id),
      bookingFlow: routedFlow,
    },
    BrandKit: { logo: () => null },
    BookingFlowConnection: { totalCount: ({ count }) => count() },
    BookingFlow: { revision: flowRevision, steps: flowSteps },
    BookingFlowStep: { __resolveType: (step) => STEP_TYPES[step.step_type] },
    BookingFlowServiceSelectionStep: {
      typeConfig: (step) => ({ ...step.type_config, organization_id: step.organization_id }),
    },
    ServiceSelectionTypeConfig: {
      nodes: ({ nodes, organization_id }) => nodes.map((node) => ({ ...node, organization_id })),
    },
    ServiceSelectionNode: { __resolveType: (node) => NODE_TYPES[node.type] },
    QuestionReferenceNode: {
      question: (node, _, { loaders }) => loadOwned(loaders.questions, node, node.question_id),
    },
    AnswerReferenceNode: {
      category: (node, _, { loaders }) =>
        loadOwned(loaders.categories, node, node.answer_category_id),
    },
    ServiceReferenceNode: { service: loadService },
    BookingQuestion: { answers: questionAnswers },
    BookingQuestionAnswer: {
      __resolveType: (answer) =>
        answer.type === "plain_text" ? "PlainTextAnswer" : "ServiceReferenceAnswer",
    },
    PlainTextAnswer: answerResolvers,
    ServiceReferenceAnswer: { ...answerResolvers, service: loadService },
    BookingSession: { __resolveType: (session) => SESSION_TYPES[session.booking_outcome.status] },
    StepProgression: {
      completedStepIds: (progression) => progression.completed_step_ids.map(encodeStepId),
      furthestStepId: (progression) => encodeStepId(progression.furthest_step_id),
    },
    NavigationState: {
      visitedStepIds: (navigation) => navigation.visited_step_ids.map(encodeStepId),
    },
    CurrentState: {
      stepId: (state) => encodeStepId(state.step_id),
      lastEventId: (state) => encodeId("BookingSessionEvent", state.last_event_id),
      formData: (state) =>
        Object.fromEntries(
          Object.entries(state.form_data).map(([id, values]) => [encodeStepId(id), values]),
        ),
    },
    BookingSessionEvent: {
      stepId: (event) => event.step_id && encodeStepId(event.step_id),
      data: (event) => ({ ...event.data, event_type: event.event_type }),
    },
    BookingSessionEventData: { __resolveType: (data) => EVENT_DATA_TYPES[data.event_type] },
  });
}

function merge(...layers) {
  const merged = {};
  for (const layer of layers) {
    for (const [type, own] of Object.entries(layer)) {
      merged[type] = own instanceof GraphQLScalarType ? own : { ...merged[type], ...own };
    }
  }
  return merged;
}

const encodeStepId = (id) => encodeId("BookingFlowStep", id);
const stepId = (step) => encodeStepId(step.step_id ?? step.id);

const loadOwned = (loader, { organization_id }, id) =>
  id ? loader.load([organization_id, id]) : null;

function loadService(parent, _, { loaders }) {
  return loadOwned(loaders.services, parent, parent.service_id);
}

const answerResolvers = {
  id: (answer) => encodeId("BookingQuestionAnswer", answer.answer_id),
  category: (answer, _, { loaders }) => loadOwned(loaders.categories, answer, answer.category_id),
};

const sessionResolvers = {
  id: (session) => encodeId("BookingSession", session._id),
  events: async (session, { first, last }, { db }) => {
    const nodes = await db
      .collection("booking_session_events")
      .find({ booking_session_id: session._id, sequence: { $lte: session.sequence } })
      .sort({ sequence: last ? -1 : 1 })
      .limit(last ?? first ?? 20)
      .toArray();
    return { nodes: last ? nodes.reverse() : nodes };
  },
};

function requireOrganization(credential) {
  if (credential === null) throw new GraphQLError("Say who you are.");
  return credential.organizationId;
}

function scheduler(_, { publishableKey }, { db }) {
  return db.collection("scheduler_configs").findOne({ publishable_key: publishableKey });
}

async function routedFlow(config, _, { loaders }) {
  const flow = await loadOwned(loaders.flows, config, config.default_booking_flow_id);
  if (flow?.status !== "published") return null;
  const revision = await loadOwned(loaders.revisions, config, flow.revision_ids.at(-1));
  const { booking_flow_id, flow_version, steps, ...rest } = revision;
  const owned = steps.map((step) => ({ ...step, organization_id: config.organization_id }));
  return { ...rest, _id: booking_flow_id, version: flow_version, status: "published", frozen: owned };
}

async function bookingFlows(_, { first }, { db, credential }) {
  const organizationId = requireOrganization(credential);
  const flows = db.collection("booking_flows");
  const query = { organization_id: organizationId, status: { $in: ["draft", "published"] } };
  const size = first ?? 20;
  const found = await flows.find(query).sort({ created_at: -1, _id: -1 }).limit(size + 1).toArray();
  return {
    count: () => flows.countDocuments(query),
    page_info: { has_next_page: found.length > size },
    edges: found.slice(0, size).map((node) => ({ node })),
  };
}

const flowRevision = (flow) => flow.revision ?? (flow.revision_ids.length || null);

function flowSteps(flow, _, { loaders }) {
  if (flow.frozen) return flow.frozen;
  return loaders.steps.loadMany(flow.steps.map((id) => [flow.organization_id, id]));
}

function questionAnswers(question, _, { loaders }) {
  return loaders.answers.loadMany(question.answers.map((id) => [question.organization_id, id]));
}

function bookingSession(_, { id }, { db, credential }) {
  const organizationId = requireOrganization(credential);
  const query = { _id: decodeId("BookingSession", id), organization_id: organizationId };
  return db.collection("booking_sessions").findOne(query);
}

async function recordBookingSessionEvents(_, { input }, { db, credential }) {
  requireOrganization(credential);
  return recordEvents(db, credential, input);
}
