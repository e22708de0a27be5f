// graphql-yoga with the official MongoDB driver and DataLoader. With `JIT=1` also graphql-jit and
// yoga's response cache, which keeps what anybody may read: the widget's boot.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { useResponseCache } from "@graphql-yoga/plugin-response-cache";
import { createSchema, createYoga } from "graphql-yoga";
import { MongoClient } from "mongodb";
import { createAuthenticator } from "./credentials.mjs";
import { createLoaders } from "./loaders.mjs";
import { createResolvers } from "./resolvers.mjs";

const { DATABASE_NAME, JIT, MONGODB_URI, PORT, SCHEMA } = process.env;

const client = await new MongoClient(MONGODB_URI).connect();
const db = client.db(DATABASE_NAME);
const authenticate = await createAuthenticator(db);
const typeDefs = readFileSync(SCHEMA, "utf8");

const fasterPlugins = () => [
  useGraphQlJit(),
  // Only what everybody may read is kept; editors and customers must see what is stored now.
  useResponseCache({
    enabled: (request) => !request.headers.has("authorization"),
    session: () => null,
  }),
];

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: createResolvers(typeDefs) }),
  context: async ({ request }) => ({
    db,
    credential: await authenticate(request.headers.get("authorization")),
    loaders: createLoaders(db),
  }),
  plugins: JIT ? fasterPlugins() : [],
  graphiql: false,
  landingPage: false,
  logging: false,
});

const server = createServer(yoga).listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => client.close().then(() => process.exit(0)));
});
