import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { Outcome } from "../outcome.ts";
import { asKafkaError, refused } from "../outcome.ts";
import { backoffMs } from "../net/backoff.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { CallLimit } from "./call-limit.ts";
import type { Cluster } from "./cluster.ts";

/** A topic that fresh metadata lacks is looked for this often: it may just have been created. */
const UNKNOWN_TOPIC_ATTEMPTS = 3;

/** Asks one leader about its partitions; the answer's keys are those of {@link partitionKey}. */
export type AskLeader<Item, Value> = (nodeId: number, items: readonly Item[]) => Promise<ReadonlyMap<string, Outcome<Value>>>;

/**
 * Asks the leaders of many partitions, each once, in parallel; asks again where a leader had moved or could not be reached, until the
 * deadline. Every item gets its outcome, in the order given.
 */
export async function askLeaders<Item extends TopicPartition, Value>(
  cluster: Cluster,
  items: readonly Item[],
  limit: CallLimit,
  ask: AskLeader<Item, Value>,
): Promise<(TopicPartition & Outcome<Value>)[]> {
  const outcomes = new Map<string, Outcome<Value>>();
  for (const item of items) cluster.metadata.track(item.topic, false);
  if (items.some((item) => leaderOf(cluster, item) < 0)) await refreshQuietly(cluster, limit);
  let pending = items;
  for (let failures = 1; ; failures++) {
    const byLeader = Map.groupBy(pending, (item) => leaderOf(cluster, item));
    await Promise.all(
      [...byLeader].map(([nodeId, group]) =>
        askOne(nodeId, group, (node, part) => limit.bound(`The call to broker ${node}`, () => ask(node, part)), outcomes),
      ),
    );
    pending = pending.filter((item) => mustAskAgain(outcomes.get(partitionKey(item.topic, item.partition)), failures));
    if (pending.length === 0) break;
    const pauseMs = backoffMs(failures, cluster.options.retryBackoffMs, cluster.options.retryBackoffMaxMs, cluster.deps.random);
    if (cluster.deps.clock.monotonicMs() + pauseMs >= limit.deadlineMs) break;
    await limit.sleep(pauseMs);
    await refreshQuietly(cluster, limit);
  }
  return items.map((item) => ({
    topic: item.topic,
    partition: item.partition,
    ...outcomes.get(partitionKey(item.topic, item.partition))!,
  }));
}

function leaderOf(cluster: Cluster, item: TopicPartition): number {
  return cluster.metadata.topic(item.topic)?.partitions[item.partition]?.leader ?? UNKNOWN;
}

const UNKNOWN = -2;

async function askOne<Item extends TopicPartition, Value>(
  nodeId: number,
  group: readonly Item[],
  ask: AskLeader<Item, Value>,
  outcomes: Map<string, Outcome<Value>>,
): Promise<void> {
  const missing =
    nodeId === UNKNOWN
      ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      : nodeId < 0
        ? ErrorCode.LEADER_NOT_AVAILABLE
        : ErrorCode.UNKNOWN_SERVER_ERROR;
  let answers: ReadonlyMap<string, Outcome<Value>> = new Map();
  let failure: KafkaError | undefined;
  try {
    if (nodeId >= 0) answers = await ask(nodeId, group);
  } catch (error) {
    if (error instanceof KafkaError || !("retriable" in (error as object))) throw error;
    if ((error as { retriable: boolean }).retriable === false) throw error;
    failure = asKafkaError(error);
  }
  for (const item of group) {
    const key = partitionKey(item.topic, item.partition);
    outcomes.set(key, answers.get(key) ?? refused(failure ?? new KafkaError(missing)));
  }
}

function mustAskAgain<Value>(outcome: Outcome<Value> | undefined, failures: number): boolean {
  const error = outcome?.error;
  if (error === undefined || !error.retriable) return false;
  return error.errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || failures < UNKNOWN_TOPIC_ATTEMPTS;
}

async function refreshQuietly(cluster: Cluster, limit: CallLimit): Promise<void> {
  await limit
    .bound("Metadata", () => cluster.metadata.refresh())
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !("retriable" in error) || error.retriable !== true) throw error;
    });
}
