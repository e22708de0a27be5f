// What one request loads, each document once and together with others of its kind.
import DataLoader from "dataloader";

const COLLECTIONS = {
  answers: "booking_question_answers",
  brandKits: "brand_kits",
  categories: "booking_answer_categories",
  flows: "booking_flows",
  questions: "booking_questions",
  revisions: "booking_flow_revisions",
  services: "booking_services",
  steps: "booking_flow_steps",
};

export function createLoaders(db) {
  const entries = Object.entries(COLLECTIONS);
  return Object.fromEntries(
    entries.map(([name, collection]) => [name, createLoader(db.collection(collection))]),
  );
}

// A key is [organization id, document id]; a document of another organization is not there.
function createLoader(collection) {
  const load = async (keys) => {
    const ids = keys.map(([, id]) => id);
    const found = await collection.find({ _id: { $in: ids } }).toArray();
    const byId = new Map(found.map((document) => [document._id, document]));
    return keys.map(([organizationId, id]) => {
      const document = byId.get(id);
      return document?.organization_id === organizationId ? document : null;
    });
  };
  return new DataLoader(load, { maxBatchSize: 100, cacheKeyFn: ([, id]) => id });
}
