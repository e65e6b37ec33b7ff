import { type Logger, silentLogger } from "@ottla/base";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Logins } from "../access/logins.ts";
import type { Registry } from "../service/registry.ts";
import { answerError, answerJson, bodyTooLarge, refusal } from "./answers.ts";
import { compatibilityRoutes } from "./compatibility-routes.ts";
import { configRoutes } from "./config-routes.ts";
import { contextRoutes } from "./context-routes.ts";
import { methodsOfPaths } from "./methods-of-paths.ts";
import { modeRoutes } from "./mode-routes.ts";
import { requireAccess } from "./request-access.ts";
import { schemaListRoutes } from "./schema-list-routes.ts";
import { schemaRoutes } from "./schema-routes.ts";
import { subjectRoutes } from "./subject-routes.ts";
import { versionRoutes } from "./version-routes.ts";

/** What an API stands on. */
export interface RegistryApiOptions {
  readonly registry: Registry;
  readonly logger?: Logger;
  /** Who may do what; without it everybody may do everything. */
  readonly logins?: Logins;
  /** Larger bodies are refused. 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Shown by `/v1/metadata/version`. */
  readonly version?: string;
}

/** Larger bodies are refused. */
export const MAX_BODY_BYTES = 1024 * 1024;
const MEDIA_TYPES = [
  "application/vnd.schemaregistry.v1+json",
  "application/vnd.schemaregistry+json",
  "application/json",
  "application/octet-stream",
];

/**
 * The registry's HTTP API, as clients of all languages know it. `fetch` of what it gives takes a Request and gives a Response, so that it runs under any server and in tests without one. Errors are
 * `{"error_code", "message"}` with the numbers that clients look at.
 */
export function registryApi({
  registry,
  logins,
  logger = silentLogger,
  maxBodyBytes = MAX_BODY_BYTES,
  version = "0.1.0",
}: RegistryApiOptions): Hono {
  const app = new Hono();
  if (logins !== undefined) app.use(requireAccess(logins, registry.state));
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => refusal(bodyTooLarge(maxBodyBytes)),
    }),
  );
  app.use(async (context, next) => {
    const sent = context.req.header("content-type");
    if (sent !== undefined && !MEDIA_TYPES.includes(sent.split(";")[0]?.trim().toLowerCase() ?? "")) {
      return answerJson(
        context,
        { error_code: 415, message: `The Content-Type "${sent.slice(0, 100)}" is not known here; send ${MEDIA_TYPES[0]}.` },
        415,
      );
    }
    if (!isAccepted(context.req.header("accept"))) {
      return answerJson(context, { error_code: 406, message: `Answers are ${MEDIA_TYPES[0]}; the Accept header takes none such.` }, 406);
    }
    if (!isEncoded(context.req.path)) {
      return answerJson(context, { error_code: 400, message: "The path is no UTF-8 in percent-encoding." }, 400);
    }
    registry.requireSound();
    await next();
    return undefined;
  });
  app.get("/", (context) => answerJson(context, {}));
  app.post("/", (context) => answerJson(context, {}));
  app.route("/", subjectRoutes(registry));
  app.route("/", versionRoutes(registry));
  app.route("/", schemaRoutes(registry));
  app.route("/", schemaListRoutes(registry));
  app.route("/", compatibilityRoutes(registry));
  app.route("/", configRoutes(registry));
  app.route("/", modeRoutes(registry));
  app.route("/", contextRoutes(registry));
  app.get("/v1/metadata/id", (context) =>
    answerJson(context, { scope: { path: [], clusters: { "schema-registry-cluster": "schema-registry" } } }),
  );
  app.get("/v1/metadata/version", (context) => answerJson(context, { version, commitId: "" }));
  app.get("/v1/metadata/deployment", (context) => answerJson(context, { attributes: {} }));
  const methodsAt = methodsOfPaths(app.routes);
  app.notFound((context) => {
    const methods = methodsAt(context.req.path);
    if (methods.length === 0) return answerJson(context, { error_code: 404, message: "HTTP 404 Not Found" }, 404);
    context.header("Allow", methods.join(", "));
    return answerJson(context, { error_code: 405, message: `HTTP 405 Method Not Allowed; this path takes ${methods.join(", ")}.` }, 405);
  });
  app.onError((error, context) => answerError(context, error, logger));
  return app;
}

/** The router takes what cannot be decoded as it is written: "%ff" would be a subject of three characters. */
function isEncoded(path: string): boolean {
  if (!path.includes("%")) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether an Accept header takes one of our types: for each type the range that says most of it counts, and `q=0` takes nothing. */
function isAccepted(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === "") return true;
  const isTaken = new Map<string, boolean>();
  for (const written of accept.split(",")) {
    const [range = "", ...parameters] = written.split(";").map((part) => part.trim().toLowerCase());
    isTaken.set(range, isTaken.get(range) === true || !parameters.some((each) => /^q\s*=\s*0(?:\.0*)?$/.test(each)));
  }
  const takes = (type: string): boolean => isTaken.get(type) ?? isTaken.get(type.replace(/\/.*/, "/*")) ?? isTaken.get("*/*") ?? false;
  return [...MEDIA_TYPES, "text/plain"].some(takes);
}
