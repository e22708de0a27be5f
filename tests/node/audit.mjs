// Runs the audits of the GraphQL over HTTP draft against the server at the address given, and
// prints one line of JSON: [{id, name, status, reason}, …].
import { serverAudits } from "graphql-http";

const rows = [];
for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  rows.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
console.log(JSON.stringify(rows));
