import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ByteReader, ByteWriter } from "@ottla/base";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { handlers } from "../../handlers/index.ts";
import { answerShapes } from "./answer-shapes.ts";
import type { ApiName } from "./fault-spec.ts";
import { overlay, split } from "./refuse.ts";
import type { Fields } from "./request-names.ts";

const CODE = ErrorCode.THROTTLING_QUOTA_EXCEEDED;
const topics = (list: unknown): Fields => ({ topics: list });
const withPartitions = (field: string, index?: string): Fields => ({
  name: "t",
  topic: "t",
  [field]: index === undefined ? [3] : [{ [index]: 3 }],
});

/** What each API lists; `from` and `to` are the versions that ask so. */
const requests: Readonly<Record<string, readonly (Fields & { readonly from?: number; readonly to?: number })[]>> = {
  Produce: [{ topicData: [{ name: "t", topicId: NIL_UUID, partitionData: [{ index: 3 }] }] }],
  ListOffsets: [topics([withPartitions("partitions", "partitionIndex")])],
  OffsetCommit: [topics([withPartitions("partitions", "partitionIndex")])],
  OffsetFetch: [
    { from: 8, groups: [{ groupId: "g", topics: [withPartitions("partitionIndexes")] }], topics: [] },
    { to: 7, groups: [], topics: [withPartitions("partitionIndexes")] },
  ],
  FindCoordinator: [
    { from: 4, coordinatorKeys: ["g"], keyType: 0 },
    { to: 3, coordinatorKeys: [], key: "g", keyType: 0 },
  ],
  DescribeGroups: [{ groups: ["g"] }],
  CreateTopics: [topics([{ name: "t" }])],
  DeleteTopics: [
    { topics: [{ name: "t", topicId: NIL_UUID }], topicNames: [] },
    { topics: [], topicNames: ["t"] },
  ],
  DeleteRecords: [topics([withPartitions("partitions", "partitionIndex")])],
  OffsetForLeaderEpoch: [topics([withPartitions("partitions", "partition")])],
  AddPartitionsToTxn: [
    { from: 4, transactions: [{ transactionalId: "x", topics: [withPartitions("partitions")] }], v3AndBelowTopics: [] },
    { to: 3, transactions: [], v3AndBelowTopics: [withPartitions("partitions")] },
  ],
  WriteTxnMarkers: [{ markers: [{ producerId: 5, topics: [withPartitions("partitionIndexes")] }] }],
  TxnOffsetCommit: [topics([withPartitions("partitions", "partitionIndex")])],
  CreateAcls: [{ creations: [{ resourceType: 2, resourceName: "t" }] }],
  DeleteAcls: [{ filters: [{ resourceTypeFilter: 2, resourceNameFilter: "t" }] }],
  AlterClientQuotas: [{ entries: [{ entity: [{ entityType: "user", entityName: "u" }], ops: [] }] }],
  DescribeConfigs: [{ resources: [{ resourceType: 2, resourceName: "t" }] }],
  AlterConfigs: [{ resources: [{ resourceType: 2, resourceName: "t" }] }],
  AlterReplicaLogDirs: [],
  CreatePartitions: [topics([{ name: "t" }])],
  DeleteGroups: [{ groupsNames: ["g"] }],
  ElectLeaders: [{ topicPartitions: [{ topic: "t", partitions: [3] }] }],
  IncrementalAlterConfigs: [{ resources: [{ resourceType: 2, resourceName: "t" }] }],
  AlterPartitionReassignments: [topics([withPartitions("partitions", "partitionIndex")])],
  OffsetDelete: [topics([withPartitions("partitions", "partitionIndex")])],
  DescribeProducers: [topics([withPartitions("partitionIndexes")])],
  DescribeTransactions: [{ transactionalIds: ["x"] }],
  AlterUserScramCredentials: [
    { deletions: [{ name: "u", mechanism: 1 }], upsertions: [] },
    { deletions: [], upsertions: [{ name: "u", mechanism: 1 }] },
  ],
  ConsumerGroupDescribe: [{ groupIds: ["g"] }],
  StreamsGroupDescribe: [{ groupIds: ["g"] }],
};

/** Paths of the fields in which the error stands: `topics.0.partitions.0.errorCode`. */
function errorsIn(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    /errorCode$/i.test(field) && inner === CODE ? [[...path, field].join(".")] : errorsIn(inner, [...path, field]),
  );
}

describe("an error that a fault asks for", () => {
  test("has a place in the answer of every API that this broker serves", () => {
    assert.deepEqual(
      handlers.map(({ api }) => api.name as ApiName).filter((name) => answerShapes[name] === undefined),
      [],
    );
  });

  for (const { api, minVersion, maxVersion } of handlers) {
    const shape = answerShapes[api.name as ApiName];
    if (!shape || shape.isOverlaid) continue;
    const asked = requests[api.name] ?? [{}];
    test(`reaches the client in every version of ${api.name}`, () => {
      for (let version = minVersion; version <= maxVersion; version++) {
        const inVersion = asked.filter(({ from = 0, to = Infinity }) => from <= version && version <= to);
        const seen = inVersion.flatMap((request) => {
          const { refused, rest } = split(shape, request, { match: { topic: "t", partition: 3 }, errorCode: CODE }, () => "t");
          const whole = split(shape, request, { match: {}, errorCode: CODE }, () => "t");
          if (shape.lists.length > 0) assert.equal(rest, undefined, "nothing else was asked for");
          return [refused, whole.refused].flatMap((answer) => {
            const writer = new ByteWriter();
            api.writeResponse(writer, answer, version);
            return errorsIn(api.readResponse(new ByteReader(Buffer.concat(writer.finish())), version));
          });
        });
        if (asked.length > 0) assert.ok(seen.length > 0, `version ${version}`);
      }
    });
  }
});

test("one partition of one topic of a request is refused, and the rest is left to be handled", () => {
  const request = {
    acks: -1,
    topicData: [
      { name: "a", topicId: NIL_UUID, partitionData: [{ index: 0 }, { index: 1 }] },
      { name: "b", topicId: NIL_UUID, partitionData: [{ index: 1 }] },
    ],
  };
  const { rest, refused } = split(answerShapes.Produce!, request, { match: { topic: "a", partition: 1 }, errorCode: 6 }, () => "");
  assert.deepEqual(rest, {
    acks: -1,
    topicData: [
      { name: "a", topicId: NIL_UUID, partitionData: [{ index: 0 }] },
      { name: "b", topicId: NIL_UUID, partitionData: [{ index: 1 }] },
    ],
  });
  const [only, ...others] = refused["responses"] as { name: string; partitionResponses: { index: number; errorCode: number }[] }[];
  assert.deepEqual([only?.name, only?.partitionResponses.map(({ index, errorCode }) => [index, errorCode]), others], ["a", [[1, 6]], []]);
});

test("a partition in a Metadata answer keeps its replicas, and loses its leader where that is what the error says", () => {
  const partition = { errorCode: 0, partitionIndex: 0, leaderId: 1, leaderEpoch: 4, replicaNodes: [1, 2], isrNodes: [1, 2] };
  const answer = { brokers: [], topics: [{ errorCode: 0, name: "t", topicId: NIL_UUID, partitions: [partition] }] };
  const laid = (errorCode: number) => overlay(answerShapes.Metadata!, answer, { match: { topic: "t", partition: 0 }, errorCode }, () => "");
  const expected = (more: object) => ({ ...answer, topics: [{ ...answer.topics[0], partitions: [{ ...partition, ...more }] }] });
  assert.deepEqual(laid(ErrorCode.LEADER_NOT_AVAILABLE), expected({ errorCode: 5, leaderId: -1 }));
  assert.deepEqual(laid(ErrorCode.REPLICA_NOT_AVAILABLE), expected({ errorCode: 9 }));
});
