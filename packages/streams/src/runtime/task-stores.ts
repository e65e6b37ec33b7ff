import type { KeyValueBytes } from "../stores/key-value/key-value-bytes.ts";
import type { StateStore } from "../stores/store.ts";
import type { ChangelogSink, RecordPosition } from "../stores/store-builder.ts";
import { changelogTopicName } from "../topology/internal-topics.ts";
import { beginning } from "./failures.ts";
import type { RecordCollector } from "./sink-operator.ts";
import type { TaskOptions } from "./task-options.ts";

/** What the stores of a task are made with. */
export type StoreOptions = Pick<
  TaskOptions,
  | "applicationId"
  | "taskId"
  | "partition"
  | "topology"
  | "nodes"
  | "takesStore"
  | "collector"
  | "cache"
  | "state"
  | "isRestoredFromChangelogs"
  | "onDropped"
>;

/** Opens the stores that a task's processors are connected to, in the order in which the topology got them. */
export function openStores(options: StoreOptions, record: RecordPosition, streamTimeMs: () => number): Map<string, StateStore> {
  const { applicationId, taskId, partition, topology, nodes, collector, state, cache } = options;
  const wanted = new Set(nodes);
  const stores = new Map<string, StateStore>();
  const takes = options.takesStore ?? (({ isGlobal }) => !isGlobal);
  for (const store of topology.stores.values()) {
    const { builder, processors, sourceTopic } = store;
    if (!takes(store) || ![...processors].some((name) => wanted.has(name))) continue;
    const { name } = builder;
    const changelogTopic = sourceTopic ?? changelogTopicName(applicationId, name);
    const isLogged = builder.logging && sourceTopic === undefined;
    // A slash is in no store's name.
    const isCopied = isLogged && builder.isAlwaysInMemory === true && options.isRestoredFromChangelogs !== true;
    const copy = isCopied ? state?.keyValue(`${name}/changelog`) : undefined;
    const send = collector.changelog?.(changelogTopic, partition) ?? sending(collector, changelogTopic, partition);
    const context = {
      applicationId,
      taskId,
      changelogTopic,
      changelog: isLogged ? (copy === undefined ? send : copying(copy, send)) : undefined,
      record,
      cache,
      state,
      persistsByDefault: topology.persistsStores,
      dropped: () => options.onDropped?.(name, "late"),
      get streamTimeMs() {
        return streamTimeMs();
      },
    };
    const opened = beginning(`Store ${name}`, () => builder.build(context));
    if (copy !== undefined) restoreFrom(copy, opened);
    stores.set(name, opened);
  }
  return stores;
}

function sending(collector: RecordCollector, topic: string, partition: number): ChangelogSink {
  return (key, value, timestamp, headers) => collector.send(topic, partition, key, value, timestamp, headers);
}

function copying(copy: KeyValueBytes, send: ChangelogSink): ChangelogSink {
  return (key, value, timestamp, headers) => {
    copy.put(key, value, timestamp ?? 0);
    send(key, value, timestamp, headers);
  };
}

function restoreFrom(copy: KeyValueBytes, store: StateStore): void {
  const walk = copy.walk(null, null, false);
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    store.restore(Uint8Array.from(entry.key), Uint8Array.from(entry.value), entry.timestamp);
  }
  walk.close();
}
