import { Hono } from "hono";
import { liveView } from "../live/live-view.ts";
import { joinedViews } from "./joined-views.ts";
import { keyReaderOf, type QueryApiOptions } from "./query-api-options.ts";

/** Changes of stores as Server-Sent Events. */
export function changeRoutes(options: QueryApiOptions): Hono {
  const { queries, streams, clock } = options;
  const keyOf = keyReaderOf(options);
  const app = new Hono();
  app.get("/v1/stores/:store/changes", (context) => {
    const store = queries.store(context.req.param("store"));
    const text = context.req.query("key");
    const key = text === undefined ? undefined : keyOf(store, text);
    const bytes = key === undefined ? undefined : queries.asker.keyBytes(store.name, key);
    const only = bytes === undefined ? undefined : { bytes, partition: queries.asker.partitionOf(store.name, key, bytes) };
    return streams.answer((signal) => {
      const here = liveView(queries, { store: store.name, key: only, clock, signal });
      return joinedViews(here, {
        queries,
        clock,
        signal,
        path: `/v1/stores/${encodeURIComponent(store.name)}/changes?here${text === undefined ? "" : `&key=${encodeURIComponent(text)}`}`,
        isHereOnly: context.req.query("here") !== undefined,
      });
    }, "text/event-stream");
  });

  return app;
}
