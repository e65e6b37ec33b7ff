import { strangerReason } from "@ottla/base";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { StoreQueryError } from "../store-query-error.ts";
import { APPLICATION_HEADER, askFrom, READ_PATH, toWire } from "../wire.ts";
import { errorAnswer, failed } from "./answers.ts";
import { changeRoutes } from "./change-routes.ts";
import { metadataRoutes } from "./metadata-routes.ts";
import { observeRoutes } from "./observe-routes.ts";
import type { QueryApiOptions } from "./query-api-options.ts";
import { keyRoutes, timeRoutes } from "./row-routes.ts";

const BODY_BYTES_MAX = 1024 * 1024;

/** The HTTP API of an application's stores, over Request and Response: keys in the path, rows as pages or as NDJSON, changes as Server-Sent Events. Errors are `{"error": {"code", "message", …}}`. */
export function queryApi(options: QueryApiOptions): Hono {
  const { queries, logger, door } = options;
  const app = new Hono();
  app.use(async (context, next) => {
    const rules = door();
    const reason = strangerReason(context.req.raw.headers, rules);
    if (reason !== undefined) return failed(context, 403, { code: "STREAMS_FOREIGN_REQUEST", message: reason });
    await next();
    const origin = context.req.header("origin");
    if (origin !== undefined && rules.origins.includes(origin)) context.header("access-control-allow-origin", origin);
    context.header("vary", "origin");
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
    return undefined;
  });
  app.onError((error, context) => errorAnswer(context, error, logger));
  app.notFound((context) =>
    failed(context, 404, {
      code: "NOT_FOUND",
      message: `There is nothing at ${context.req.path.slice(0, 200)}: /v1/stores names what is.`,
    }),
  );
  for (const routes of [metadataRoutes, observeRoutes, keyRoutes, timeRoutes, changeRoutes]) app.route("/", routes(options));
  app.post(
    READ_PATH,
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (context) => {
        // What is left of it is not read: the connection is of no more use.
        context.header("connection", "close");
        return failed(context, 413, { code: "STREAMS_BAD_ARGUMENT", message: `A question may have ${BODY_BYTES_MAX} bytes.` });
      },
    }),
    async (context) => {
      const meant = context.req.header(APPLICATION_HEADER);
      const { applicationId } = queries.host;
      if (meant !== applicationId) {
        throw new StoreQueryError(
          "STREAMS_STORE_UNAVAILABLE",
          `This is an instance of ${applicationId}, and ${String(meant).slice(0, 249)} is asked.`,
        );
      }
      return context.body(toWire(await queries.readInstance(askFrom(await context.req.text()))), 200, {
        "content-type": "application/json",
      });
    },
  );
  return app;
}
