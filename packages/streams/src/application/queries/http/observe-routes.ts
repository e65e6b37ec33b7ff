import { Hono } from "hono";
import { json } from "./answers.ts";
import type { QueryApiOptions } from "./query-api-options.ts";

/** What the instance does, and why nothing comes out of it. */
export function observeRoutes({ observer }: QueryApiOptions): Hono {
  const app = new Hono();
  app.get("/v1/why", async (context) => json(context, { reasons: await observer.whyNothing() }));
  app.get("/v1/application", async (context) => json(context, await observer.describe()));
  app.get("/v1/topology", (context) => json(context, observer.topology() ?? { subtopologies: [] }));
  app.get("/v1/metrics", async (context) => json(context, { metrics: await observer.metrics() }));
  return app;
}
