import { Hono } from "hono";
import type { ApplicationQueries } from "../application-queries.ts";
import { partitionsOf } from "../queryable-stores.ts";
import { json } from "./answers.ts";
import { keyReaderOf, type QueryApiOptions } from "./query-api-options.ts";

/** What there is, who has it, and whether it runs. */
export function metadataRoutes(options: QueryApiOptions): Hono {
  const { queries } = options;
  const keyOf = keyReaderOf(options);
  const app = new Hono();
  app.get("/health", (context) => {
    const state = queries.host.state();
    const restoring = queries.restoring.all().map(({ store, partition, position, end }) => ({ store, partition, position, end }));
    return json(context, { state, restoring }, state === "RUNNING" ? 200 : 503);
  });
  app.get("/v1", (context) => {
    const { applicationId, state } = queries.host;
    return json(context, { applicationId, state: state(), applicationServer: queries.applicationServer ?? null, stores: queries.names() });
  });
  app.get("/v1/stores", (context) => json(context, { stores: queries.names().map((name) => describe(queries, name)) }));
  app.get("/v1/stores/:store", (context) => json(context, describe(queries, context.req.param("store"))));
  app.get("/v1/metadata", (context) => json(context, { instances: queries.metadata() }));
  app.get("/v1/stores/:store/metadata/:key", (context) => {
    const store = queries.store(context.req.param("store"));
    const { applicationServer = null, ...rest } = queries.keyMetadata(store.name, keyOf(store, context.req.param("key")));
    return json(context, { ...rest, applicationServer });
  });

  return app;
}

function describe(queries: ApplicationQueries, name: string): object {
  const store = queries.store(name);
  return {
    name,
    kind: store.kind,
    keySerde: store.key.name,
    valueSerde: store.value.name,
    ...(store.windowSizeMs === undefined ? {} : { windowSizeMs: store.windowSizeMs }),
    isGlobal: store.isGlobal,
    partitions: partitionsOf(store).map((partition) => {
      const { active, standbys } = queries.hosts.of({ subtopology: store.subtopology, partition });
      const here = queries.copies(store, partition).map(({ role, isRestoring, lag, position }) => ({ role, isRestoring, lag, position }));
      return { partition, applicationServer: active ?? null, standbys, here };
    }),
  };
}
