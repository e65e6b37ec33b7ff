import { Hono } from "hono";
import { ConnectError } from "../connect-error.ts";
import type { PluginKind } from "../plugin/plugin-entry.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerJson, bodyObject, flag, settingsIn } from "./answers.ts";

const CONNECTORS: readonly ("source" | "sink")[] = ["source", "sink"];
const ALL: readonly PluginKind[] = ["source", "sink", "transform", "predicate", "converter"];

/** Plugins: listed, their settings defined, configs validated. */
export function pluginRoutes(worker: ConnectWorker): Hono {
  const app = new Hono();
  app.get("/connector-plugins", (context) => {
    const only = flag(context, "connectorsOnly", true);
    const plugins = worker.catalogue.list(only ? CONNECTORS : ALL);
    const headers = only ? [] : worker.catalogue.list(["converter"]).map((each) => ({ ...each, type: "header_converter" }));
    return answerJson(context, [...plugins, ...headers]);
  });
  app.get("/connector-plugins/:plugin/config", async (context) => {
    const name = context.req.param("plugin");
    if (worker.catalogue.has(ALL, name) === undefined) throw new RequestError(404, `Unknown plugin ${name}.`);
    return answerJson(context, await worker.definitions(name));
  });
  app.put("/connector-plugins/:plugin/config/validate", async (context) => {
    const name = context.req.param("plugin");
    const config = settingsIn(await bodyObject(context), "the body");
    const included = config["connector.class"];
    if (included === undefined) throw new RequestError(400, "Connector config contains no connector type: set connector.class.");
    const asked = worker.catalogue.has(CONNECTORS, name);
    const meant = worker.catalogue.has(CONNECTORS, included);
    if (meant !== undefined && asked !== meant)
      throw new RequestError(400, `Included connector type ${included} does not match request type ${name}`);
    try {
      return answerJson(context, await worker.validate(config));
    } catch (error) {
      if (error instanceof ConnectError) throw new RequestError(400, error.message, { cause: error });
      throw error;
    }
  });
  return app;
}
