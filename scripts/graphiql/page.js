// The GraphiQL page. What it shows comes from the server: the JSON block in the page holds the
// tabs with their queries, variables and headers already filled in.
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

// Module workers, so that they share the bundle's chunks with the page.
const WORKERS = { graphql: "graphql.worker.js", json: "json.worker.js" };
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const file = WORKERS[label] ?? "editor.worker.js";
    return new Worker(new URL(`./${file}`, import.meta.url), { type: "module" });
  },
};

// Tabs that GraphiQL remembers win over the tabs it is given. A prefix for each set of examples
// keeps the keys of a demonstration organization that is gone from being used for its successor.
function storageOf(examples) {
  const prefix = `scheduler:${examples}:`;
  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return ownKeys().length;
    },
  };
}

const page = JSON.parse(document.getElementById("graphiql-page").textContent);
const storage = storageOf(page.examples);
// GraphiQL fills the first editors from the `initial…` properties, or from what was typed in them
// before, but never from the tab it opens: without this the variables of an example are missing.
const remembered = JSON.parse(storage.getItem("graphiql:tabState"));
const tab = remembered?.tabs[remembered.activeTabIndex] ?? page.tabs[0];
const endpoint = location.origin + location.pathname;

createRoot(document.getElementById("graphiql")).render(
  createElement(
    GraphiQL,
    {
      fetcher: createGraphiQLFetcher({
        url: endpoint,
        subscriptionUrl: endpoint.replace(/^http/, "ws"),
      }),
      defaultTabs: page.tabs,
      initialQuery: tab.query,
      initialVariables: tab.variables,
      initialHeaders: tab.headers,
      defaultEditorToolsVisibility: true,
      shouldPersistHeaders: page.rememberHeaders,
      inputValueDeprecation: true,
      schemaDescription: true,
      plugins: [HISTORY_PLUGIN, explorerPlugin()],
      storage,
    },
    createElement(GraphiQL.Logo, null, "Wrkbelt Scheduler API"),
  ),
);
