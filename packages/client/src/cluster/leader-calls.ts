import { mapInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { Outcome } from "../outcome.ts";
import { asKafkaError, refusalAt, refused } from "../outcome.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { CallLimit } from "./call-limit.ts";
import type { Cluster } from "./cluster.ts";
import { UNKNOWN_TOPIC_ATTEMPTS } from "./retries.ts";

/** A question to a leader names so many partitions at most: writing it and reading its answer must not hold up the event loop. */
const PARTITIONS_PER_CALL_MAX = 1000;

export interface LeaderCallOptions {
  /** For who asks again by itself, with what has changed meanwhile. Default: until the deadline. */
  readonly attemptsMax?: number;
}

/** Asks one leader about its partitions; the answer's keys are those of {@link partitionKey}. */
export type AskLeader<Item, Value> = (nodeId: number, items: readonly Item[]) => Promise<ReadonlyMap<string, Outcome<Value>>>;

/**
 * Asks the leaders of many partitions, all leaders at a time and each about a thousand partitions at a time; asks again where a leader had moved or could
 * not be reached, until the deadline. Every item gets its outcome, in the order given.
 */
export async function askLeaders<Item extends TopicPartition, Value>(
  cluster: Cluster,
  items: readonly Item[],
  limit: CallLimit,
  ask: AskLeader<Item, Value>,
  { attemptsMax = Infinity }: LeaderCallOptions = {},
): Promise<(TopicPartition & Outcome<Value>)[]> {
  const outcomes = new Map<string, Outcome<Value>>();
  const slice = new TimeSlice(cluster.deps.clock);
  await mapInSlices(slice, items, (item) => cluster.metadata.track(item.topic, false));
  const unknown = items.filter((item) => leaderOf(cluster, item) < 0);
  if (unknown.length > 0) await refreshQuietly(cluster, unknown, limit);
  let pending = items;
  for (let failures = 1; ; failures++) {
    const byLeader = new Map<number, Item[]>();
    await mapInSlices(slice, pending, (item) => {
      const leader = leaderOf(cluster, item);
      const group = byLeader.get(leader);
      if (group) group.push(item);
      else byLeader.set(leader, [item]);
    });
    await Promise.all(
      [...byLeader].map(([nodeId, group]) =>
        askLeader(cluster, nodeId, group, (node, part) => limit.bound(`The call to broker ${node}`, () => ask(node, part)), outcomes),
      ),
    );
    const again: Item[] = [];
    await mapInSlices(slice, pending, (item) => {
      const outcome = outcomes.get(partitionKey(item.topic, item.partition));
      if (mustAskAgain(outcome, failures, cluster.madeTopics.isYoung(item.topic))) again.push(item);
    });
    pending = again;
    if (pending.length === 0 || failures >= attemptsMax) break;
    if (!(await cluster.paused(failures, limit))) break;
    await refreshQuietly(cluster, pending, limit);
  }
  return mapInSlices(slice, items, ({ topic, partition }) => ({ topic, partition, ...outcomes.get(partitionKey(topic, partition))! }));
}

/** Negative: there is none now, or nobody has heard of it. */
export function leaderOf(cluster: Cluster, item: TopicPartition): number {
  return cluster.metadata.topic(item.topic)?.partitions[item.partition]?.leader ?? UNKNOWN;
}

const UNKNOWN = -2;

/** Why nobody can be asked: what the metadata say against the topic, if anything. */
function leaderless(cluster: Cluster, { topic }: TopicPartition, nodeId: number): KafkaError {
  if (nodeId !== UNKNOWN) return new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE);
  const errorCode = cluster.metadata.topic(topic)?.errorCode ?? ErrorCode.NONE;
  return errorCode === ErrorCode.NONE ? new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) : refusalAt(`Topic "${topic}"`, errorCode);
}

/** Where a call fails, what was still to be asked of that leader fails with it. */
async function askLeader<Item extends TopicPartition, Value>(
  cluster: Cluster,
  nodeId: number,
  group: readonly Item[],
  ask: AskLeader<Item, Value>,
  outcomes: Map<string, Outcome<Value>>,
): Promise<void> {
  if (nodeId < 0) {
    for (const item of group) outcomes.set(partitionKey(item.topic, item.partition), refused(leaderless(cluster, item, nodeId)));
    return;
  }
  let failure: KafkaError | undefined;
  for (let from = 0; from < group.length; from += PARTITIONS_PER_CALL_MAX) {
    const part = group.slice(from, from + PARTITIONS_PER_CALL_MAX);
    let answers: ReadonlyMap<string, Outcome<Value>> = new Map();
    try {
      if (failure === undefined) answers = await ask(nodeId, part);
    } catch (error) {
      if (error instanceof KafkaError || !("retriable" in (error as object))) throw error;
      if ((error as { retriable: boolean }).retriable === false) throw error;
      failure = asKafkaError(error);
    }
    for (const item of part) {
      const key = partitionKey(item.topic, item.partition);
      outcomes.set(key, answers.get(key) ?? refused(failure ?? new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)));
    }
  }
}

function mustAskAgain<Value>(outcome: Outcome<Value> | undefined, failures: number, isYoung: boolean): boolean {
  const error = outcome?.error;
  if (error === undefined || !error.retriable) return false;
  return isYoung || error.errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || failures < UNKNOWN_TOPIC_ATTEMPTS;
}

async function refreshQuietly(cluster: Cluster, items: readonly TopicPartition[], limit: CallLimit): Promise<void> {
  await limit
    .bound("Metadata", () => cluster.metadata.refreshTopics(items.map(({ topic }) => topic)))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !("retriable" in error) || error.retriable !== true) throw error;
    });
}
