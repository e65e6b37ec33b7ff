import type { TopicPartition } from "@ottla/client";
import { nodeDisk } from "@ottla/base/node";
import { TaskState } from "../../stores/persistent/task-state.ts";
import { StreamsError } from "../../streams-error.ts";
import { partitionKey } from "../partition-key.ts";
import { changelogEnds, whyNoBase } from "../restore/changelog-ends.ts";
import { emptyIfFree } from "../state/task-folder.ts";
import type { TopologyBuilder } from "../../topology/topology-builder.ts";
import type { WorkerHost } from "../worker/worker-host.ts";

/** What the state of global tables is opened with. */
export interface GlobalStateHost extends Pick<WorkerHost, "plan" | "options" | "counts" | "client" | "logger"> {
  /** In the application's. */
  readonly folder: string;
  readonly task: { readonly topology: TopologyBuilder };
}

/** All partitions that global tables are made of. */
export function globalPartitions({ plan, counts }: Pick<GlobalStateHost, "plan" | "counts">): TopicPartition[] {
  return plan.global.topics.flatMap((topic) => Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })));
}

/** What global tables have on the disk, removed before where it is no base for what their topics have now. Undefined: they are in memory. Rejects with the client's errors, and what the disk says. */
export async function openGlobalState(host: GlobalStateHost): Promise<TaskState | undefined> {
  const { client, options, logger } = host;
  if (options.stateDir === undefined) return undefined;
  const folder = `${options.stateDir}/${options.applicationId}/${host.folder}`;
  const open = () => TaskState.open(nodeDisk, folder, undefined, host.task.topology.stores.size);
  const openAnew = (reason: string) => {
    logger.warn("the state of global tables is made again", { folder, reason });
    emptyIfFree(nodeDisk, folder);
    return open();
  };
  const places = globalPartitions(host);
  const ends = await changelogEnds(client.admin(), places);
  let state: TaskState;
  try {
    state = open();
  } catch (error) {
    if (!(error instanceof StreamsError) || error.code !== "STREAMS_STATE_CORRUPTED") throw error;
    state = openAnew(error.message);
  }
  const reasons = places.flatMap(({ topic, partition }) => {
    const known = { topic, partition, position: state.offset(topic, partition), isSource: false, topicId: state.topicId(topic) };
    return whyNoBase(known, ends.get(partitionKey(topic, partition))!) ?? [];
  });
  if (reasons[0] !== undefined) {
    state.close();
    state = openAnew(`it ${reasons[0]}`);
  }
  for (const { topic, partition } of places) {
    const { topicId } = ends.get(partitionKey(topic, partition))!;
    if (topicId !== undefined) state.noteTopicId(topic, topicId);
  }
  return state;
}
