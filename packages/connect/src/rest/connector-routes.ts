import type { Clock } from "@ottla/base";
import { Hono } from "hono";
import type { TargetState } from "../storage/config-state.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerEmpty, answerJson, answerMany, bodyObject, flag, settingsIn } from "./answers.ts";
import type { OtherWorkers } from "./other-workers.ts";
import { maySee, requireRight, visitorOf } from "./request-guard.ts";
import { connectorConfig, connectorInfo, connectorStatus, connectorTasks, taskStatus } from "./connector-views.ts";

const INITIAL: Readonly<Record<string, TargetState>> = { RUNNING: "STARTED", PAUSED: "PAUSED", STOPPED: "STOPPED" };

/** Connectors: listed, made, changed, paused, stopped, restarted, deleted. */
export function connectorRoutes(worker: ConnectWorker, clock: Clock, others: OtherWorkers): Hono {
  const app = new Hono();
  app.get("/connectors", async (context) => {
    const expand = context.req.queries("expand");
    const names = worker.state.names().filter((name) => maySee(context, name));
    if (expand === undefined) return answerJson(context, names);
    async function* views(expands: readonly string[]): AsyncGenerator<string> {
      for (const name of names) {
        // Deleted since the list was made.
        if (worker.state.get(name) === undefined) continue;
        const info = expands.includes("info") ? { info: await connectorInfo(worker, name) } : {};
        const hasStatus = expands.includes("status") && worker.statuses.get({ connector: name }) !== undefined;
        yield `${JSON.stringify(name)}:${JSON.stringify({ ...(hasStatus && { status: connectorStatus(worker, name) }), ...info })}`;
      }
    }
    return answerMany(context, clock, views(expand), ["{", "}"]);
  });
  app.post("/connectors", async (context) => {
    const body = await bodyObject(context);
    const unknown = Object.keys(body).find((name) => !["name", "config", "initial_state"].includes(name));
    if (unknown !== undefined)
      throw new RequestError(400, `The body has "${unknown.slice(0, 100)}", which is not known; it has name, config and initial_state.`);
    const config = settingsIn(body["config"], "config");
    const name = checkedName(body["name"] ?? config["name"]);
    requireRight(context, "admin", name);
    requireSameName(name, config);
    const initial = body["initial_state"];
    const target = typeof initial === "string" ? INITIAL[initial.toUpperCase()] : undefined;
    if (initial !== undefined && initial !== null && target === undefined)
      throw new RequestError(400, `initial_state is one of ${Object.keys(INITIAL).join(", ")}.`);
    await worker.putConfig(name, config, { mustBeNew: true, target });
    const location = `/connectors/${encodeURIComponent(name)}`;
    return answerJson(context, { ...(await connectorInfo(worker, name)), tasks: [] }, 201, { Location: location });
  });
  app.get("/connectors/:name", async (context) => answerJson(context, await connectorInfo(worker, context.req.param("name"))));
  app.get("/connectors/:name/config", async (context) => answerJson(context, await connectorConfig(worker, context.req.param("name"))));
  app.put("/connectors/:name/config", async (context) => {
    const name = checkedName(context.req.param("name"));
    // Without the blanks around it, it may be another's.
    requireRight(context, "admin", name);
    const config = settingsIn(await bodyObject(context), "the body");
    requireSameName(name, config);
    const outcome = await worker.putConfig(name, config);
    const info = await connectorInfo(worker, name);
    if (outcome === "changed") return answerJson(context, info);
    return answerJson(context, { ...info, tasks: [] }, 201, { Location: `/connectors/${encodeURIComponent(name)}` });
  });
  app.patch("/connectors/:name/config", async (context) => {
    const name = context.req.param("name");
    const patch = await bodyObject(context);
    const given = settingsIn(patch, "the body");
    await worker.putConfig(name, (properties) => {
      const merged = { ...properties, ...given };
      for (const [key, value] of Object.entries(patch)) if (value === null) delete merged[key];
      requireSameName(name, merged);
      return merged;
    });
    return answerJson(context, await connectorInfo(worker, name));
  });
  controlRoutes(app, worker, clock, others);
  return app;
}

/** What runs: seen, paused, stopped, restarted, deleted. */
function controlRoutes(app: Hono, worker: ConnectWorker, clock: Clock, others: OtherWorkers): void {
  app.delete("/connectors/:name", async (context) => {
    await worker.deleteConnector(context.req.param("name"));
    return answerEmpty(context, 204);
  });
  app.get("/connectors/:name/status", (context) => answerJson(context, connectorStatus(worker, context.req.param("name"))));
  app.get("/connectors/:name/tasks", (context) =>
    answerMany(context, clock, connectorTasks(worker, context.req.param("name")), ["[", "]"]),
  );
  app.get("/connectors/:name/tasks/:task{[0-9]+}/status", (context) =>
    answerJson(context, taskStatus(worker, context.req.param("name"), Number(context.req.param("task")))),
  );
  for (const [verb, target] of [
    ["pause", "PAUSED"],
    ["resume", "STARTED"],
    ["stop", "STOPPED"],
  ] as const)
    app.put(`/connectors/:name/${verb}`, async (context) => {
      await worker.setTarget(context.req.param("name"), target);
      return answerEmpty(context, verb === "stop" ? 204 : 202);
    });
  app.post("/connectors/:name/restart", async (context) => {
    const name = context.req.param("name");
    const request = { includeTasks: flag(context, "includeTasks"), onlyFailed: flag(context, "onlyFailed") };
    const isPlain = !request.includeTasks && !request.onlyFailed;
    const parts = await worker.restart(name, request);
    if (isPlain) return answerEmpty(context, 204);
    const status = connectorStatus(worker, name) as { connector: object; tasks: { id: number }[] };
    return answerJson(
      context,
      {
        ...status,
        connector: parts.connector ? { ...status.connector, state: "RESTARTING" } : status.connector,
        tasks: status.tasks.map((task) => (parts.tasks.includes(task.id) ? { ...task, state: "RESTARTING" } : task)),
      },
      202,
    );
  });
  app.post("/connectors/:name/tasks/:task{[0-9]+}/restart", async (context) => {
    const [name, task] = [context.req.param("name"), Number(context.req.param("task"))];
    const elsewhere = worker.taskElsewhere(name, task);
    if (elsewhere !== undefined && context.req.query("forward") !== "false")
      return others.post(worker, elsewhere, new URL(context.req.url).pathname, visitorOf(context));
    await worker.restartTask(name, task);
    return answerEmpty(context, 204);
  });
  app.get("/connectors/:name/topics", (context) => {
    requireTracking(worker, "topic.tracking.enable", "Topic tracking is disabled.");
    const name = context.req.param("name");
    return answerJson(context, { [name]: { topics: worker.statuses.topics(name) } });
  });
  app.put("/connectors/:name/topics/reset", (context) => {
    requireTracking(worker, "topic.tracking.enable", "Topic tracking is disabled.");
    requireTracking(worker, "topic.tracking.allow.reset", "Topic tracking reset is disabled.");
    worker.statuses.resetTopics(context.req.param("name"));
    return answerEmpty(context, 202);
  });
}

function requireTracking(worker: ConnectWorker, name: string, otherwise: string): void {
  if (worker.properties[name]?.trim().toLowerCase() === "false") throw new RequestError(403, otherwise);
}

const NAME_CHARACTERS_MAX = 1_000;

function checkedName(name: unknown): string {
  if (typeof name !== "string" || name.trim() === "") throw new RequestError(400, "A connector's name is a text that is not empty.");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (name.length > NAME_CHARACTERS_MAX || /[\u0000-\u001f\u007f]/.test(name))
    throw new RequestError(400, `A connector's name has at most ${NAME_CHARACTERS_MAX} characters, none of them a control character.`);
  if (!name.isWellFormed()) throw new RequestError(400, "A connector's name is no text of Unicode: it has half of a surrogate pair.");
  // In a path they mean another place, so that nobody could ever ask for it again.
  if (name.trim() === "." || name.trim() === "..") throw new RequestError(400, `A connector cannot be called "${name.trim()}".`);
  return name.trim();
}

function requireSameName(name: string, config: Readonly<Record<string, string>>): void {
  const written = config["name"];
  if (written !== undefined && written !== name)
    throw new RequestError(400, `Connector name configuration (${written}) doesn't match connector name in the URL (${name})`);
}
