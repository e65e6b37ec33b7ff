import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { type FetchPartition, fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeOffsetFetchRequest, makeOffsetFetchRequestTopic, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import {
  makeOffsetForLeaderEpochRequest,
  makeOffsetForLeaderPartition,
  makeOffsetForLeaderTopic,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { int32Extremes, int64Extremes, type OddRequest } from "./odd-requests.ts";
import type { Probe } from "./probe.ts";

function listOffsets(probe: Probe, topic: string, version: number, timestamp: number): Promise<unknown> {
  const partitions = [makeListOffsetsPartition({ partitionIndex: 0, timestamp })];
  const topics = [makeListOffsetsTopic({ name: probe.named(topic), partitions })];
  return probe.ask(listOffsetsApi, version, makeListOffsetsRequest({ replicaId: -1, topics }));
}

interface Commit {
  readonly group: string;
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly retentionTimeMs?: number;
}

/** Commits, and returns the answer with what is committed afterwards. */
async function commit(probe: Probe, version: number, { group, offset, leaderEpoch = -1, retentionTimeMs = -1 }: Commit): Promise<unknown> {
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: leaderEpoch })];
  const topics = [makeOffsetCommitRequestTopic({ name: probe.named("empty"), partitions })];
  const groupId = probe.named(group);
  const answer = await probe.ask(offsetCommitApi, version, makeOffsetCommitRequest({ groupId, retentionTimeMs, topics }));
  const asked = [makeOffsetFetchRequestTopic({ name: probe.named("empty"), partitionIndexes: [0] })];
  return [answer, await probe.ask(offsetFetchApi, 5, makeOffsetFetchRequest({ groupId, topics: asked }))];
}

function deleteRecords(probe: Probe, topic: string, offset: number): Promise<unknown> {
  const partitions = [makeDeleteRecordsPartition({ partitionIndex: 0, offset })];
  const topics = [makeDeleteRecordsTopic({ name: probe.named(topic), partitions })];
  return probe.ask(deleteRecordsApi, 2, makeDeleteRecordsRequest({ topics, timeoutMs: 5000 }));
}

function fetch(probe: Probe, topic: string, partition: Partial<FetchPartition>): Promise<unknown> {
  const partitions = [makeFetchPartition({ partition: 0, partitionMaxBytes: 1 << 20, ...partition })];
  const topics = [makeFetchTopic({ topic: probe.named(topic), partitions })];
  return probe.ask(fetchApi, 12, makeFetchRequest({ maxWaitMs: 0, minBytes: 0, sessionEpoch: -1, maxBytes: 1 << 20, topics }));
}

function endOfEpoch(probe: Probe, topic: string, leaderEpoch: number, currentLeaderEpoch: number, version = 4): Promise<unknown> {
  const partitions = [makeOffsetForLeaderPartition({ partition: 0, currentLeaderEpoch, leaderEpoch })];
  const topics = [makeOffsetForLeaderTopic({ topic: probe.named(topic), partitions })];
  return probe.ask(offsetForLeaderEpochApi, version, makeOffsetForLeaderEpochRequest({ replicaId: -1, topics }));
}

export const offsetRequests: readonly OddRequest[] = [
  ...["empty", "written"].flatMap((topic) =>
    int64Extremes.flatMap(([word, timestamp]) =>
      [1, 5, 11].map(
        (version): OddRequest => ({
          name: `ListOffsets ${version} at ${word} of a topic that is ${topic}`,
          ask: (probe) => listOffsets(probe, topic, version, timestamp),
        }),
      ),
    ),
  ),
  ...["empty", "written"].flatMap((topic) =>
    [-2, -3, -4, -5, -6].map(
      (timestamp): OddRequest => ({
        name: `ListOffsets at ${timestamp} of a topic that is ${topic}`,
        ask: (probe) => listOffsets(probe, topic, 11, timestamp),
      }),
    ),
  ),
  ...int64Extremes.flatMap(([word, value], i): OddRequest[] => [
    {
      name: `OffsetCommit of offset ${word}`,
      ask: (probe) => commit(probe, 2, { group: `offset-${i}`, offset: value }),
      ...(!Number.isSafeInteger(value) && { differs: "Kafka commits what no log can have." }),
    },
    ...[2, 4].map(
      (version): OddRequest => ({
        name: `OffsetCommit ${version} with a retention of ${word}`,
        ask: (probe) => commit(probe, version, { group: `retention-${version}-${i}`, offset: 1, retentionTimeMs: value }),
      }),
    ),
    { name: `DeleteRecords before ${word} of an empty topic`, ask: (probe) => deleteRecords(probe, "empty", value) },
    { name: `Fetch from ${word} of a written topic`, ask: (probe) => fetch(probe, "written", { fetchOffset: value }) },
    { name: `Fetch from ${word} of an empty topic`, ask: (probe) => fetch(probe, "empty", { fetchOffset: value }) },
    {
      name: `Fetch with a log start of ${word}`,
      ask: (probe) => fetch(probe, "written", { fetchOffset: 0, logStartOffset: value }),
    },
  ]),
  ...int32Extremes.flatMap((epoch): OddRequest[] => [
    {
      name: `OffsetCommit with leader epoch ${epoch}`,
      ask: (probe) => commit(probe, 6, { group: `epoch${epoch}`, offset: 1, leaderEpoch: epoch }),
    },
    {
      name: `Fetch with last fetched epoch ${epoch}`,
      ask: (probe) => fetch(probe, "written", { fetchOffset: 1, lastFetchedEpoch: epoch }),
    },
    {
      name: `Fetch with last fetched epoch ${epoch}, empty`,
      ask: (probe) => fetch(probe, "empty", { fetchOffset: 0, lastFetchedEpoch: epoch }),
    },
    {
      name: `Fetch with current leader epoch ${epoch}`,
      ask: (probe) => fetch(probe, "written", { fetchOffset: 1, currentLeaderEpoch: epoch }),
    },
    { name: `OffsetForLeaderEpoch ${epoch} of a written topic`, ask: (probe) => endOfEpoch(probe, "written", epoch, -1) },
    { name: `OffsetForLeaderEpoch ${epoch} of an empty topic`, ask: (probe) => endOfEpoch(probe, "empty", epoch, -1) },
    { name: `OffsetForLeaderEpoch 2 ${epoch} of an empty topic`, ask: (probe) => endOfEpoch(probe, "empty", epoch, -1, 2) },
    { name: `OffsetForLeaderEpoch with current epoch ${epoch}`, ask: (probe) => endOfEpoch(probe, "written", 0, epoch) },
  ]),
];
