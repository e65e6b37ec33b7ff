import { type ActionAudit, type Clock, type Logger, PROMETHEUS_CONTENT_TYPE, prometheusText, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { answerInPieces } from "./answer-in-pieces.ts";
import { answerError, answerJson, refusal } from "./answers.ts";
import { connectorRoutes } from "./connector-routes.ts";
import { loggerRoutes, logRoutes } from "./logger-routes.ts";
import { OtherWorkers } from "./other-workers.ts";
import { offsetRoutes } from "./offset-routes.ts";
import { pluginRoutes } from "./plugin-routes.ts";
import { previewRoutes } from "./preview-routes.ts";
import { maySee, requestGuard } from "./request-guard.ts";
import { WorkerHealth } from "./worker-health.ts";
import { workerMetrics } from "./worker-metrics.ts";

/** What an API stands on. */
export interface ConnectApiOptions {
  readonly worker: ConnectWorker;
  readonly logger?: Logger;
  /** Larger bodies are refused. 1 MiB. */
  readonly maxBodyBytes?: number;
  readonly clock?: Clock;
  /** Shown by `GET /`. */
  readonly version?: string;
  /** Told of every change, and of what is denied. */
  readonly audit?: ActionAudit | undefined;
  /** False: `/admin/loggers` is not there (`admin.listeners=` of Connect). */
  readonly hasAdmin?: boolean;
  /** How workers of the group are reached; left out: by HTTP. */
  readonly others?: OtherWorkers;
}

/** Larger bodies are refused. */
export const MAX_BODY_BYTES = 1024 * 1024;
const CLUSTER_MS = 10_000;

/**
 * Connect's REST API, as clients of all languages know it. `fetch` of what it gives takes a Request and gives a Response, so that it runs under any server and in tests without one. Errors are `{"error_code", "message"}`.
 * Who asks is told in `fetch`'s second argument, as `{ visitor }`.
 */
export function connectApi({
  worker,
  logger = silentLogger,
  clock = systemClock,
  maxBodyBytes = MAX_BODY_BYTES,
  version = "0.1.0",
  audit,
  hasAdmin = true,
  others = new OtherWorkers({ scheme: "http", trust: undefined, clock }),
}: ConnectApiOptions): Hono {
  const app = new Hono();
  app.use(requestGuard(audit));
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (context) => refusal(context, 413, `A body may have ${maxBodyBytes} bytes.`) }));
  app.use(async (context, next) => {
    const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    const hasBody = ["POST", "PUT", "PATCH"].includes(context.req.method) && context.req.header("content-length") !== "0";
    if (hasBody && type !== undefined && type !== "application/json") return refusal(context, 415, "HTTP 415 Unsupported Media Type");
    if (context.req.path !== "/health") worker.requireSound();
    await next();
    return undefined;
  });
  app.get("/", async (context) => {
    const { clusterId } = await worker.client.admin().describeCluster({ timeoutMs: CLUSTER_MS });
    return answerJson(context, { version, commit: "", kafka_cluster_id: clusterId ?? "" });
  });
  const health = new WorkerHealth(worker, clock);
  app.get("/health", async (context) => {
    const complaint = await health.complaint();
    if (complaint !== undefined) return answerJson(context, { status: "unhealthy", message: complaint }, 500);
    return answerJson(context, { status: "healthy", message: "Worker has completed startup and is ready to handle requests." });
  });
  app.route("/", connectorRoutes(worker, clock, others));
  app.route("/", offsetRoutes(worker, clock));
  app.route("/", pluginRoutes(worker));
  app.route("/", logRoutes(worker, worker.loggers));
  if (hasAdmin) app.route("/", loggerRoutes(worker, worker.loggers));
  app.route("/", previewRoutes(worker));
  app.get("/metrics", (context) => {
    const families = workerMetrics(worker, (connector) => maySee(context, connector));
    return answerInPieces(context, prometheusText(clock, families), PROMETHEUS_CONTENT_TYPE);
  });
  const known = methodsOf(app);
  app.notFound((context) => {
    const methods = known(context.req.path);
    if (methods.length === 0) return refusal(context, 404, "HTTP 404 Not Found");
    context.header("Allow", methods.join(", "));
    return refusal(context, 405, "HTTP 405 Method Not Allowed");
  });
  app.onError((error, context) => answerError(context, error, logger));
  return app;
}

/** Which methods a path takes. */
function methodsOf(app: Hono): (path: string) => string[] {
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({
      method,
      pattern: new RegExp(`^${path.replace(/:\w+\{\[0-9\]\+\}/g, "[0-9]+").replace(/:\w+/g, "[^/]+")}$`),
    }));
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}
