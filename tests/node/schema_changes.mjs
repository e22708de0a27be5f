// Print, as JSON, the changes between two schema files that break a client: [{path, message}].
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, "utf8")));
const changes = await diff(before, after);
const breaking = changes.filter(({ criticality }) => criticality.level === "BREAKING");
console.log(JSON.stringify(breaking.map(({ path, message }) => ({ path, message }))));
