// The rules of @graphql-eslint for schemas, recommended and Relay's, at zero findings.
import { readFileSync } from "node:fs";
import graphql from "@graphql-eslint/eslint-plugin";
import { buildSchema, isObjectType } from "graphql";

const schema = process.env.SCHEMA_FILE;
const recommended = graphql.configs["flat/schema-recommended"].rules;
const optionsOf = (rule) => recommended[`@graphql-eslint/${rule}`][1];
const isEntity = (type) => type.getInterfaces().some(({ name }) => name === "Node");
// What is part of an entity has no identity of its own.
const values = Object.values(buildSchema(readFileSync(schema, "utf8")).getTypeMap())
  .filter((type) => isObjectType(type) && !isEntity(type))
  .map(({ name }) => name);

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...recommended,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: { types: values } }],
      "@graphql-eslint/naming-convention": [
        "error",
        {
          ...optionsOf("naming-convention"),
          // A job type is a thing of the vendor's.
          "ObjectTypeDefinition,ObjectTypeExtension": {
            ...optionsOf("naming-convention")["ObjectTypeDefinition,ObjectTypeExtension"],
            ignorePattern: "JobType$",
          },
        },
      ],
      // Lists that cannot grow are plain lists.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      "@graphql-eslint/require-description": [
        "error",
        {
          ...optionsOf("require-description"),
          // GraphQL's own; only printed because older readers do not know it.
          ignoredSelectors: ["[type=DirectiveDefinition][name.value=oneOf]"],
        },
      ],
    },
  },
];
