// Subscribes with npm's graphql-ws: `node subscribe.mjs URL TOKEN COUNT REQUEST`, the request being
// JSON with `query` and `variables`. Prints each result's JSON on a line, leaves after COUNT of them
// and says how the socket was closed.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, count, request] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  retryAttempts: 0,
});
const results = client.iterate(JSON.parse(request));
let received = 0;
for await (const result of results) {
  console.log(JSON.stringify(result));
  received += 1;
  if (received === Number(count)) break;
}
await client.dispose();
