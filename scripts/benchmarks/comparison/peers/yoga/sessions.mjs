// Recording events: the events first, then the session's snapshot, if its sequence still is the
// one read. Unique indexes on (session, sequence) and (session, client event id) refuse the slower
// of two writers, who then reads again.
import { createHash } from "node:crypto";
import { ObjectId } from "mongodb";
import { decodeId } from "./ids.mjs";

const DUPLICATE_KEY = 11000;
const MAX_ATTEMPTS = 20;
// The version of this kind of document, which is not the peers' to choose.
const EVENT_VERSION = Number(process.env.EVENT_VERSION);

export async function recordEvents(db, credential, input) {
  const sessionId = decodeId("BookingSession", input.bookingSessionId);
  const isForeign = credential.sessionId !== null && credential.sessionId !== sessionId;
  if (sessionId === null || isForeign) return refuse("NOT_FOUND", "names nothing here");
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const answer = await tryToRecord(db, credential.organizationId, sessionId, input.events);
    if (answer !== null) return answer;
  }
  return refuse("SEQUENCE_CONFLICT", "other writers keep extending this session; try again");
}

async function tryToRecord(db, organizationId, sessionId, inputs) {
  const sessions = db.collection("booking_sessions");
  const session = await sessions.findOne({ _id: sessionId, organization_id: organizationId });
  if (session === null) return refuse("NOT_FOUND", "names nothing here");
  if (session.booking_outcome.status !== "active") return refuse("SESSION_CLOSED", "is closed");
  const stepIds = await findStepIds(db, session.booking_flow_revision_id);
  const commands = inputs.map(readCommand);
  if (!commands.every(({ stepId }) => stepIds.has(stepId))) {
    return refuse("STEP_NOT_IN_FLOW", "names no step of the flow");
  }
  const known = await findKnown(db, sessionId, commands);
  const fresh = commands.filter(({ clientEventId }) => !known.has(clientEventId));
  const events = createEvents(session, fresh);
  const changed = events.length === 0 ? session : await store(db, session, events);
  if (changed === null) return null;
  const stored = new Map(events.map((event) => [event.client_event_id, event]));
  return {
    bookingSession: changed,
    results: commands.map(({ clientEventId }) => ({
      clientEventId,
      status: known.has(clientEventId) ? "duplicate" : "accepted",
      event: known.get(clientEventId) ?? stored.get(clientEventId),
    })),
    userErrors: [],
  };
}

// A revision never changes, so its steps are read once.
const stepIdsByRevision = new Map();

async function findStepIds(db, revisionId) {
  let stepIds = stepIdsByRevision.get(revisionId);
  if (stepIds === undefined) {
    const options = { projection: { "steps.id": 1 } };
    const revisions = db.collection("booking_flow_revisions");
    const revision = await revisions.findOne({ _id: revisionId }, options);
    stepIds = new Set(revision.steps.map(({ id }) => id));
    if (stepIdsByRevision.size > 1000) stepIdsByRevision.clear();
    stepIdsByRevision.set(revisionId, stepIds);
  }
  return stepIds;
}

function readCommand({ clientEventId, stepId, data }) {
  const { field, value = null } = data.fieldUpdated;
  return { clientEventId, stepId: decodeId("BookingFlowStep", stepId), data: { field, value } };
}

async function findKnown(db, sessionId, commands) {
  const ids = commands.map(({ clientEventId }) => clientEventId);
  const events = db.collection("booking_session_events");
  const query = { booking_session_id: sessionId, client_event_id: { $in: ids } };
  const found = await events.find(query).toArray();
  return new Map(found.map((event) => [event.client_event_id, event]));
}

function createEvents(session, commands) {
  const now = new Date(Math.max(Date.now(), session.current_state.last_activity_at.getTime()));
  const ids = commands.map(() => new ObjectId().toHexString());
  return commands.map(({ clientEventId, stepId, data }, index) => ({
    _id: ids[index],
    organization_id: session.organization_id,
    booking_session_id: session._id,
    booking_flow_id: session.booking_flow_id,
    client_event_id: clientEventId,
    sequence: session.sequence + 1 + index,
    event_type: "field_updated",
    timestamp: now,
    client_timestamp: null,
    occurred_at: now,
    step_id: stepId,
    data,
    content_hash: hashContent({ data, step_id: stepId }),
    batch_id: ids[0],
    batch_end: session.sequence + commands.length,
    schema_version: EVENT_VERSION,
  }));
}

const hashContent = (content) =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex");

async function store(db, session, events) {
  try {
    await db.collection("booking_session_events").insertMany(events);
  } catch (error) {
    if (error.code !== DUPLICATE_KEY) throw error;
    return null;
  }
  const changes = evolve(session, events);
  const current = { _id: session._id, sequence: session.sequence };
  await db.collection("booking_sessions").updateOne(current, { $set: changes });
  return { ...session, ...changes };
}

function evolve(session, events) {
  const last = events.at(-1);
  const formData = { ...session.current_state.form_data };
  for (const { step_id, data } of events) {
    formData[step_id] = { ...formData[step_id], [data.field]: data.value };
  }
  const kept = [...session.booking_session_event_ids, ...events.map(({ _id }) => _id)];
  const { limit } = session.event_id_policy;
  return {
    sequence: last.sequence,
    booking_session_event_ids:
      kept.length > limit ? [kept[0], ...kept.slice(1 - limit)] : kept,
    metrics: {
      ...session.metrics,
      duration_ms: last.timestamp - session.started_at,
      event_count: last.sequence,
      field_update_count: session.metrics.field_update_count + events.length,
    },
    current_state: {
      ...session.current_state,
      form_data: formData,
      last_event_id: last._id,
      last_activity_at: last.timestamp,
      last_occurred_at: last.occurred_at,
    },
    updated_at: last.timestamp,
  };
}

const refuse = (code, message) => ({
  bookingSession: null,
  results: [],
  userErrors: [{ code, message, path: ["input"] }],
});
