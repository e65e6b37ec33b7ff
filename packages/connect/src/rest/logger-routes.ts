import { type Context, Hono } from "hono";
import { type ConnectLoggers, type LoggerSetting, loggerLevel } from "../worker/connect-loggers.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerJson, bodyObject } from "./answers.ts";
import { maySee, requireRight } from "./request-guard.ts";

const LINES_MAX = 1_000;
const ROOT = "root";
const LOGGER = /^(?:root|connector\..+)$/s;

/** `/admin/loggers` with Connect's bodies (KIP-495, KIP-976). */
export function loggerRoutes(worker: ConnectWorker, loggers: ConnectLoggers): Hono {
  const app = new Hono();
  app.get("/admin/loggers", (context) => {
    const seen = [...loggers.settings].filter(([name]) => name === ROOT || maySee(context, connectorOf(name)));
    return answerJson(context, Object.fromEntries(seen.map(([name, setting]) => [name, settingJson(setting)])));
  });
  app.get("/admin/loggers/:logger", (context) => {
    const name = context.req.param("logger");
    if (name !== ROOT) requireRight(context, "viewer", connectorOf(name));
    const setting = loggers.settings.get(name) ?? (isConnectors(worker, name) ? loggers.settings.get("root") : undefined);
    if (setting === undefined) throw new RequestError(404, `Logger ${name.slice(0, 200)} not found.`);
    return answerJson(context, settingJson(setting));
  });
  app.put("/admin/loggers/:logger", async (context) => {
    const name = context.req.param("logger");
    requireRight(context, name === ROOT ? "admin" : "operator", connectorOf(name));
    const level = await levelIn(context);
    const scope = context.req.query("scope")?.toLowerCase() ?? "worker";
    if (scope !== "worker" && scope !== "cluster") throw new RequestError(400, `scope is worker or cluster, not "${scope.slice(0, 100)}".`);
    if (!LOGGER.test(name))
      throw new RequestError(404, `Logger ${name.slice(0, 200)} not found. There are root and connector.NAME of a connector.`);
    if (scope === "cluster") {
      await worker.setClusterLogger(name, level);
      return context.body(null, 204);
    }
    if (!loggers.set(name, level)) throw new RequestError(409, "Too many loggers have a level of their own.");
    return answerJson(context, [name]);
  });
  return app;
}

/** `/ottla/logs`, the worker's last lines: of the connectors that somebody may see. */
export function logRoutes(worker: ConnectWorker, loggers: ConnectLoggers): Hono {
  const app = new Hono();
  app.get("/ottla/logs", (context) => {
    const number = (name: string, otherwise: number): number => {
      const text = context.req.query(name);
      const value = Number(text ?? otherwise);
      if (!Number.isSafeInteger(value) || value < 0) throw new RequestError(400, `${name} is a whole number that is not below 0.`);
      return value;
    };
    const wanted = context.req.query("connector");
    const isWanted = (connector: string | undefined): boolean =>
      (wanted === undefined || connector === wanted) && maySee(context, connector);
    const lines = loggers.lines(number("after", 0), isWanted, Math.min(LINES_MAX, number("limit", LINES_MAX)));
    return answerJson(context, { worker_id: worker.workerId, lines });
  });
  return app;
}

function settingJson({ level, lastModifiedMs }: LoggerSetting): object {
  return { level, last_modified: lastModifiedMs };
}

function isConnectors(worker: ConnectWorker, logger: string): boolean {
  const connector = connectorOf(logger);
  return connector !== undefined && worker.state.get(connector) !== undefined;
}

/** Whose logger it is; undefined: that of all, or of nobody. */
function connectorOf(logger: string): string | undefined {
  return logger.startsWith("connector.") ? logger.slice("connector.".length) : undefined;
}

async function levelIn(context: Context): Promise<NonNullable<ReturnType<typeof loggerLevel>>> {
  const { level } = await bodyObject(context);
  if (typeof level !== "string") throw new RequestError(400, "Desired 'level' parameter was not specified in request.");
  const found = loggerLevel(level);
  if (found === undefined) throw new RequestError(404, `invalid log level '${level.slice(0, 100)}'.`);
  return found;
}
