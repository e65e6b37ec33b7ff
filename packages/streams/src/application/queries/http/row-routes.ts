import { type Context, Hono } from "hono";
import type { StoreRows } from "../store-queries.ts";
import { failed, json, lines, pageAnswer } from "./answers.ts";
import { keyReaderOf, type QueryApiOptions } from "./query-api-options.ts";
import { readOptions, rowsOptions, time, times } from "./request-options.ts";

/** Stores by key, and those of versions by key. */
export function keyRoutes(options: QueryApiOptions): Hono {
  const { queries } = options;
  const keyOf = keyReaderOf(options);
  const app = new Hono();
  app.get("/v1/stores/:store/keys", (context) => {
    const store = queries.store(context.req.param("store"));
    const { from, to, prefix } = context.req.query();
    const of = queries.keyValue(store.name);
    if (prefix !== undefined) return rowsAnswer(options, context, of.prefix(prefix, rowsOptions(context)));
    const end = (text: string | undefined) => (text === undefined ? null : keyOf(store, text));
    return rowsAnswer(options, context, of.range({ from: end(from), to: end(to) }, rowsOptions(context)));
  });
  app.get("/v1/stores/:store/keys/:key", async (context) => {
    const store = queries.store(context.req.param("store"));
    const text = context.req.param("key");
    const key = keyOf(store, text);
    if (store.kind === "versioned") {
      return entryAnswer(
        context,
        await queries.versioned(store.name).get(key, { ...readOptions(context), asOfMs: time(context, "at") }),
        text,
      );
    }
    return entryAnswer(context, await queries.keyValue(store.name).entry(key, readOptions(context)), text);
  });
  return app;
}

/** Stores of windows, sessions, and versions. */
export function timeRoutes(options: QueryApiOptions): Hono {
  const { queries } = options;
  const keyOf = keyReaderOf(options);
  const app = new Hono();
  app.get("/v1/stores/:store/windows", (context) =>
    rowsAnswer(options, context, queries.window(context.req.param("store")).all(times(context), rowsOptions(context))),
  );
  app.get("/v1/stores/:store/windows/:key", async (context) => {
    const store = queries.store(context.req.param("store"));
    const key = keyOf(store, context.req.param("key"));
    const of = queries.window(store.name);
    const start = time(context, "start");
    if (start !== undefined)
      return entryAnswer(context, await of.entry(key, start, readOptions(context)), `${context.req.param("key")} at ${start}`);
    return rowsAnswer(options, context, of.windows(key, times(context), rowsOptions(context)));
  });
  app.get("/v1/stores/:store/sessions", (context) =>
    rowsAnswer(
      options,
      context,
      queries
        .session(context.req.param("store"))
        .all({ fromEndMs: time(context, "from"), toEndMs: time(context, "to") }, readOptions(context)),
    ),
  );
  app.get("/v1/stores/:store/sessions/:key", (context) => {
    const store = queries.store(context.req.param("store"));
    const within = { earliestEndMs: time(context, "from"), latestStartMs: time(context, "to") };
    return rowsAnswer(
      options,
      context,
      queries.session(store.name).sessions(keyOf(store, context.req.param("key")), within, rowsOptions(context)),
    );
  });
  app.get("/v1/stores/:store/versions/:key", (context) => {
    const store = queries.store(context.req.param("store"));
    return rowsAnswer(
      options,
      context,
      queries.versioned(store.name).versions(keyOf(store, context.req.param("key")), times(context), rowsOptions(context)),
    );
  });
  return app;
}

/** As a page, or as a stream of lines. */
function rowsAnswer<T extends object>(
  { streams, clock }: QueryApiOptions,
  context: Context,
  rows: StoreRows<T>,
): Promise<Response> | Response {
  const isStream = (context.req.header("accept") ?? "").includes("application/x-ndjson");
  return isStream ? streams.answer((signal) => lines(rows, signal), "application/x-ndjson") : pageAnswer(context, rows, clock);
}

function entryAnswer(context: Context, row: object | null, what: string): Response {
  return row === null ? failed(context, 404, { code: "KEY_NOT_FOUND", message: `${what} is not in the store.` }) : json(context, row);
}
