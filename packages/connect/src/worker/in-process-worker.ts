import { systemClock } from "@ottla/base/node";
import { type Logger, silentLogger } from "@ottla/base";
import type { Client } from "@ottla/client";
import { builtinPlugins } from "../plugin/builtin-plugins.ts";
import { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { providerFiles } from "../plugin/provider-files.ts";
import type { AnyPlugin } from "../plugin/plugin-entry.ts";
import { loadedEntry } from "../plugin/plugin-folder.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { MemoryConfigLog } from "../storage/memory-config-log.ts";
import { MemoryOffsetStore } from "../storage/memory-offset-store.ts";
import { MemoryStatusStore } from "../storage/memory-status-store.ts";
import type { OffsetStore } from "../storage/offset-store.ts";
import { ConnectWorker } from "./connect-worker.ts";

/** What a worker in this process is given. */
export interface InProcessWorkerOptions {
  readonly client: Client;
  /** Plugins besides those that come along. */
  readonly plugins?: readonly AnyPlugin[];
  /** In Connect's names; `offset.flush.interval.ms` is 1000 here unless it says otherwise. */
  readonly properties?: ConnectorProperties;
  /** Kept over restarts of the worker where the caller keeps it. */
  readonly offsets?: OffsetStore;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly logger?: Logger;
}

/**
 * A worker on this thread whose configs and states end with it: for tests of connectors and for programs that embed one. `connectApi({ worker })` is its REST API; `worker.putConfig(name, config)` starts a connector.
 */
export function startInProcessWorker({
  client,
  plugins = [],
  properties = {},
  offsets = new MemoryOffsetStore(),
  environment = {},
  logger = silentLogger,
}: InProcessWorkerOptions): Promise<ConnectWorker> {
  return ConnectWorker.start({
    client,
    catalogue: new PluginCatalogue([...builtinPlugins, ...plugins.map(loadedEntry)]),
    configs: new MemoryConfigLog(),
    offsets,
    statuses: new MemoryStatusStore(),
    properties: { "offset.flush.interval.ms": "1000", ...properties },
    workerId: "in-process:0",
    providers: { environment, files: providerFiles },
    clock: systemClock,
    logger,
  });
}
