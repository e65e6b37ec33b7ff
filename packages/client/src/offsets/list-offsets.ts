import { greatestOf, mapInSlices, TimeSlice } from "@ottla/base";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import type { ListedOffset, OffsetSpec } from "../admin/admin-types.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { type AskLeader, askLeaders, type LeaderCallOptions } from "../cluster/leader-calls.ts";
import type { IsolationLevel } from "../consumer/consumer-types.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf } from "../outcome.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";

/** The protocol's special times and the first version that knows each. */
const specials: Readonly<Record<Exclude<OffsetSpec, object>, { readonly timestamp: number; readonly minVersion: number }>> = {
  latest: { timestamp: -1, minVersion: 1 },
  earliest: { timestamp: -2, minVersion: 1 },
  maxTimestamp: { timestamp: -3, minVersion: 7 },
  earliestLocal: { timestamp: -4, minVersion: 8 },
  latestTiered: { timestamp: -5, minVersion: 9 },
};
const READ_COMMITTED_VERSION = 2;

/** Questions about the same partition that are on the way at a time. */
const ROUNDS_AT_ONCE = 16;

export interface OffsetQuery extends TopicPartition {
  readonly spec: OffsetSpec;
}

/** Looks up offsets at the leaders; see `Admin.listOffsets`. */
export async function listOffsets(
  cluster: Cluster,
  lane: Lane,
  queries: readonly OffsetQuery[],
  isolationLevel: IsolationLevel,
  limit: CallLimit,
  options?: LeaderCallOptions,
): Promise<(TopicPartition & Outcome<ListedOffset>)[]> {
  const results = Array.from<TopicPartition & Outcome<ListedOffset>>({ length: queries.length });
  const rounds = await roundsOf(queries, new TimeSlice(cluster.deps.clock));
  const askNext = async (): Promise<void> => {
    for (let round = rounds.pop(); round !== undefined; round = rounds.pop()) {
      const asked = round.map((index) => queries[index]!);
      const answers = await askOnce(cluster, lane, asked, isolationLevel, limit, options);
      for (const [at, index] of round.entries()) results[index] = answers[at]!;
    }
  };
  await Promise.all(Array.from({ length: Math.min(ROUNDS_AT_ONCE, rounds.length) }, askNext));
  return results;
}

/** Indices of queries, in rounds: a request may name a partition once, so several questions about one go out in several rounds. */
async function roundsOf(queries: readonly OffsetQuery[], slice: TimeSlice): Promise<number[][]> {
  const asked = new Map<string, number>();
  const rounds: number[][] = [];
  let index = 0;
  await mapInSlices(slice, queries, ({ topic, partition }) => {
    const key = partitionKey(topic, partition);
    const round = asked.get(key) ?? 0;
    asked.set(key, round + 1);
    (rounds[round] ??= []).push(index++);
  });
  return rounds;
}

function askOnce(
  cluster: Cluster,
  lane: Lane,
  queries: readonly OffsetQuery[],
  isolationLevel: IsolationLevel,
  limit: CallLimit,
  options: LeaderCallOptions | undefined,
): Promise<(TopicPartition & Outcome<ListedOffset>)[]> {
  const ask: AskLeader<OffsetQuery, ListedOffset> = async (nodeId, group) => {
    const isCommitted = isolationLevel === "read_committed";
    const min = greatestOf(
      group.map((query) => special(query.spec).minVersion),
      isCommitted ? READ_COMMITTED_VERSION : 1,
    );
    const topics = [...groupByTopic(group)].map(([name, entries]) =>
      makeListOffsetsTopic({
        name,
        partitions: entries.map((query) =>
          makeListOffsetsPartition({
            partitionIndex: query.partition,
            timestamp: special(query.spec).timestamp,
            currentLeaderEpoch: cluster.metadata.topic(name)?.partitions[query.partition]?.leaderEpoch ?? -1,
          }),
        ),
      }),
    );
    const request = makeListOffsetsRequest({
      replicaId: -1,
      isolationLevel: isCommitted ? 1 : 0,
      topics,
      timeoutMs: cluster.options.requestTimeoutMs,
    });
    const response = await lane.call(nodeId, listOffsetsApi, () => request, { min });
    const outcomes = new Map<string, Outcome<ListedOffset>>();
    for (const topic of response.topics) {
      for (const answer of topic.partitions) {
        const value = (): ListedOffset => ({
          offset: answer.offset < 0 ? undefined : answer.offset,
          timestamp: answer.timestamp < 0 ? undefined : answer.timestamp,
          leaderEpoch: answer.leaderEpoch < 0 ? undefined : answer.leaderEpoch,
        });
        outcomes.set(partitionKey(topic.name, answer.partitionIndex), outcomeOf(answer.errorCode, undefined, value));
      }
    }
    return outcomes;
  };
  return askLeaders(cluster, queries, limit, ask, options);
}

function special(spec: OffsetSpec): { readonly timestamp: number; readonly minVersion: number } {
  return typeof spec === "object" ? { timestamp: spec.timestamp, minVersion: 1 } : specials[spec];
}
