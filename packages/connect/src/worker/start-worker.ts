import { type Clock, ConfigError, type Disk, type Logger, parseConfig } from "@ottla/base";
import type { Client } from "@ottla/client";
import { ConnectError } from "../connect-error.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { providerFiles } from "../plugin/provider-files.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { ConfigTopic } from "../storage/config-topic.ts";
import { FileOffsetStore } from "../storage/file-offset-store.ts";
import { MemoryConfigLog } from "../storage/memory-config-log.ts";
import { MemoryOffsetStore } from "../storage/memory-offset-store.ts";
import { MemoryStatusStore } from "../storage/memory-status-store.ts";
import { OffsetTopicStore } from "../storage/offset-topic-store.ts";
import { StatusTopicStore } from "../storage/status-topic-store.ts";
import { ConnectWorker, type ConnectWorkerOptions } from "./connect-worker.ts";
import { SlotLeases } from "./slot-leases.ts";
import type { PluginThreads } from "../threads/plugin-threads.ts";
import type { TaskHost } from "./task-host.ts";
import { workerDefinitions } from "./worker-definitions.ts";

/** What a worker is started with. */
export interface StartWorkerOptions {
  readonly client: Client;
  readonly catalogue: PluginCatalogue;
  /** In Connect's names. With `group.id` the worker is a distributed one and keeps what it knows in the cluster, else a standalone one. */
  readonly properties: ConnectorProperties;
  /** `host:port` of its REST API. */
  readonly workerId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly disk: Disk;
  /** Where tasks run; left out: on this thread. */
  readonly tasks?: TaskHost;
  /** Where plugins' code runs besides their tasks; left out: on this thread. */
  readonly pluginThreads?: PluginThreads;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Starts a worker as its properties say, distributed or standalone.
 * @throws ConnectError `CONNECT_CONFIG` with every property that is wrong, or a topic that does not suit
 */
export function startWorker(options: StartWorkerOptions): Promise<ConnectWorker> {
  const { client, catalogue, properties, workerId, environment, disk, clock, logger, tasks, pluginThreads } = options;
  const settings = readWorkerSettings(properties);
  return ConnectWorker.start({
    client,
    catalogue,
    properties,
    workerId,
    clock,
    logger,
    ...(tasks !== undefined && { tasks }),
    ...(pluginThreads !== undefined && { pluginThreads }),
    providers: { environment, files: providerFiles },
    ...(properties["group.id"] === undefined ? standalone(properties, disk) : distributed(options, settings)),
  });
}

type Stores = Pick<ConnectWorkerOptions, "configs" | "offsets" | "statuses" | "leases" | "internalTopics">;

function standalone(properties: ConnectorProperties, disk: Disk): Stores {
  const file = properties["offset.storage.file.filename"];
  return {
    configs: new MemoryConfigLog(),
    offsets: file === undefined ? new MemoryOffsetStore() : new FileOffsetStore(disk, file),
    statuses: new MemoryStatusStore(),
  };
}

function distributed(
  { client, clock, logger, properties, workerId }: StartWorkerOptions,
  settings: ReadonlyMap<string, string | number>,
): Stores {
  const text = (name: string): string => String(settings.get(name));
  const number = (name: string): number => Number(settings.get(name));
  const world = { client, clock, logger };
  const groupId = properties["group.id"] ?? "";
  return {
    internalTopics: [text("config.storage.topic"), text("offset.storage.topic"), text("status.storage.topic")],
    leases: new SlotLeases({
      ...world,
      groupId,
      topic: text("offset.storage.topic"),
      workerId,
      sessionTimeoutMs: number("session.timeout.ms"),
      heartbeatIntervalMs: number("heartbeat.interval.ms"),
    }),
    configs: new ConfigTopic({
      ...world,
      topic: text("config.storage.topic"),
      replicationFactor: number("config.storage.replication.factor"),
      groupId,
    }),
    offsets: new OffsetTopicStore({
      ...world,
      topic: text("offset.storage.topic"),
      partitionCount: number("offset.storage.partitions"),
      replicationFactor: number("offset.storage.replication.factor"),
    }),
    statuses: new StatusTopicStore({
      ...world,
      topic: text("status.storage.topic"),
      partitionCount: number("status.storage.partitions"),
      replicationFactor: number("status.storage.replication.factor"),
    }),
  };
}

function readWorkerSettings(properties: ConnectorProperties): ReadonlyMap<string, string | number> {
  const settings = new Map<string, string | number>();
  const errors: string[] = [];
  for (const key of workerDefinitions) {
    try {
      const { value } = parseConfig(key, properties[key.name] ?? key.default ?? null);
      if (typeof value === "string" || typeof value === "number") settings.set(key.name, value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(error.message);
    }
  }
  if (errors.length > 0) throw new ConnectError("CONNECT_CONFIG", errors.join(" "));
  return settings;
}
