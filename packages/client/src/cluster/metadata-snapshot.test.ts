import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  type MetadataResponse,
} from "@ottla/protocol/apis/metadata";
import { emptyMetadata, mergeMetadata, snapshotOf, withLeader } from "./metadata-snapshot.ts";

const ID_A = "aaaaaaaaaaaaaaaaaaaaaA";
const ID_B = "bbbbbbbbbbbbbbbbbbbbbQ";

function answer(
  name: string,
  topicId: string,
  partitions: readonly (readonly [leaderId: number, leaderEpoch: number])[],
  errorCode = 0,
): MetadataResponse {
  return makeMetadataResponse({
    clusterId: "c",
    controllerId: 1,
    brokers: [1, 2].map((nodeId) => makeMetadataResponseBroker({ nodeId, host: "h", port: nodeId })),
    topics: [
      makeMetadataResponseTopic({
        name,
        topicId,
        errorCode,
        partitions: partitions.map(([leaderId, leaderEpoch], partitionIndex) =>
          makeMetadataResponsePartition({ partitionIndex, leaderId, leaderEpoch }),
        ),
      }),
    ],
  });
}

describe("merging metadata", () => {
  test("an answer that lags behind does not bring an old leader back (KIP-320)", () => {
    const known = mergeMetadata(
      emptyMetadata,
      answer("t", ID_A, [
        [1, 5],
        [1, 5],
      ]),
      "asked",
    );
    const merged = mergeMetadata(
      known,
      answer("t", ID_A, [
        [2, 4],
        [2, 6],
      ]),
      "asked",
    );
    assert.deepEqual(
      merged.topics.get("t")!.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch]),
      [
        [1, 5],
        [2, 6],
      ],
    );
  });

  test("a topic that was made anew begins with its own epochs", () => {
    const known = mergeMetadata(emptyMetadata, answer("t", ID_A, [[1, 5]]), "asked");
    const merged = mergeMetadata(known, answer("t", ID_B, [[2, 0]]), "asked");
    assert.deepEqual([merged.topics.get("t")!.topicId, merged.topics.get("t")!.partitions[0]!.leader], [ID_B, 2]);
  });

  test("topics outside the answer stay when some were asked for, and are gone when all were", () => {
    const known = mergeMetadata(emptyMetadata, answer("t", ID_A, [[1, 5]]), "asked");
    assert.deepEqual([...mergeMetadata(known, answer("u", ID_B, [[1, 0]]), "asked").topics.keys()], ["t", "u"]);
    assert.deepEqual([...mergeMetadata(known, answer("u", ID_B, [[1, 0]]), "all").topics.keys()], ["u"]);
  });

  test("an answer by itself is the same in slices, and others get their turn between its topics", async () => {
    let turns = 0;
    const slice = { isOver: true, rest: () => Promise.resolve(void turns++) } as TimeSlice;
    const topics = Array.from({ length: 100 }, (_, i) => answer(`t${i}`, ID_A, [[1, i]]).topics[0]!);
    const large = { ...answer("t", ID_A, []), topics };
    assert.deepEqual(await snapshotOf(large, slice), mergeMetadata(emptyMetadata, large, "all"));
    assert.equal(turns, 99);
  });

  test("an error takes the partitions away and stays readable", () => {
    const known = mergeMetadata(emptyMetadata, answer("t", ID_A, [[1, 5]]), "asked");
    const topic = mergeMetadata(known, answer("t", ID_A, [], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION), "asked").topics.get("t")!;
    assert.deepEqual([topic.partitions, topic.errorCode], [[], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
  });

  test("a partition numbered far beyond the count costs nothing, however far", () => {
    const lying = answer("t", ID_A, [
      [1, 5],
      [1, 5],
    ]);
    const partitions = [0, 0x7fffffff, -1].map((partitionIndex) => makeMetadataResponsePartition({ partitionIndex, leaderId: 1 }));
    const topics = [makeMetadataResponseTopic({ name: "t", topicId: ID_A, partitions })];
    assert.equal(mergeMetadata(emptyMetadata, { ...lying, topics }, "asked").topics.get("t")!.partitions.length, 1);
  });

  test("a leader named by another answer counts when its epoch is newer and the broker known (KIP-951)", () => {
    const known = mergeMetadata(emptyMetadata, answer("t", ID_A, [[1, 5]]), "asked");
    assert.equal(withLeader(known, "t", 0, 2, 6).topics.get("t")!.partitions[0]!.leader, 2);
    for (const [leader, epoch] of [
      [2, 5],
      [9, 6],
    ] as const)
      assert.equal(withLeader(known, "t", 0, leader, epoch), known);
    assert.equal(withLeader(known, "t", 3, 2, 6), known);
  });
});
