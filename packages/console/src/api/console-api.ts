import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { answerError } from "./answers.ts";
import { clusterRoutes } from "./cluster-routes.ts";
import { connectRoutes } from "./connect-routes.ts";
import type { ConsoleContext } from "./console-context.ts";
import { deadLetterRoutes } from "./dead-letter-routes.ts";
import { findingRoutes } from "./finding-routes.ts";
import { groupRoutes } from "./group-routes.ts";
import { messageRoutes } from "./message-routes.ts";
import { requestGuard } from "../access/request-guard.ts";
import { planRoutes } from "./plan-routes.ts";
import { schemaRoutes } from "./schema-routes.ts";
import { securityRoutes } from "./security-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { streamsRoutes } from "./streams-routes.ts";
import { topicRoutes } from "./topic-routes.ts";

const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Of who has not logged in. */
const LOGIN_BYTES_MAX = 16 * 1024;

/**
 * The console's API below `/api`. Reads are answered from what the watch knows; changes are plans. Errors are `{"code", "message"}`. `fetch` of what it gives takes a Request and gives a Response.
 */
export function consoleApi(context: ConsoleContext) {
  const app = new Hono().basePath("/api");
  app.use(
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => c.json({ code: "BODY_TOO_LARGE", message: "A body may have 16 MiB." }, 413) }),
  );
  app.use(
    "/login",
    bodyLimit({ maxSize: LOGIN_BYTES_MAX, onError: (c) => c.json({ code: "BODY_TOO_LARGE", message: "A login may have 16 KiB." }, 413) }),
  );
  app.use(async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  });
  app.use(requestGuard({ ...context.access, audit: context.audit }));
  app.onError((error, c) => answerError(c, error, context.logger));
  app.notFound((c) => c.json({ code: "NOT_FOUND", message: `The console knows no ${c.req.method} ${c.req.path}.` }, 404));
  return app
    .route("/", sessionRoutes(context))
    .route("/", clusterRoutes(context))
    .route("/", topicRoutes(context))
    .route("/", messageRoutes(context))
    .route("/", groupRoutes(context))
    .route("/", findingRoutes(context))
    .route("/", planRoutes(context))
    .route("/", securityRoutes(context))
    .route("/", schemaRoutes(context))
    .route("/", connectRoutes(context))
    .route("/", streamsRoutes(context))
    .route("/", deadLetterRoutes(context));
}

/** For a client whose calls and answers are typed. */
export type ConsoleApi = ReturnType<typeof consoleApi>;
