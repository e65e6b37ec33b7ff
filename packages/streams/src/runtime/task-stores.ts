import type { StateStore } from "../stores/store.ts";
import type { RecordPosition } from "../stores/store-builder.ts";
import { changelogTopicName } from "../topology/internal-topics.ts";
import type { TaskOptions } from "./task-options.ts";

/** Opens the stores that a task's processors are connected to, in the order in which the topology got them. */
export function openStores(options: TaskOptions, record: RecordPosition, streamTimeMs: () => number): Map<string, StateStore> {
  const { applicationId, taskId, partition, topology, nodes, collector } = options;
  const wanted = new Set(nodes);
  const stores = new Map<string, StateStore>();
  const takes = options.takesStore ?? (({ isGlobal }) => !isGlobal);
  for (const store of topology.stores.values()) {
    const { builder, processors, sourceTopic } = store;
    if (!takes(store) || ![...processors].some((name) => wanted.has(name))) continue;
    const changelogTopic = sourceTopic ?? changelogTopicName(applicationId, builder.name);
    const isLogged = builder.logging && sourceTopic === undefined;
    const context = {
      applicationId,
      taskId,
      changelogTopic,
      changelog: isLogged
        ? (key: Uint8Array, value: Uint8Array | null, timestamp: number | null, headers: RecordPosition["headers"]) =>
            collector.send(changelogTopic, partition, key, value, timestamp, headers)
        : undefined,
      record,
      cache: options.cache,
      dropped: () => options.onDropped?.(builder.name, "late"),
      get streamTimeMs() {
        return streamTimeMs();
      },
    };
    stores.set(builder.name, builder.build(context));
  }
  return stores;
}
