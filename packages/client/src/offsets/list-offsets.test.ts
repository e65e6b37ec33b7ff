import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  listOffsetsApi,
  makeListOffsetsPartitionResponse,
  makeListOffsetsResponse,
  makeListOffsetsTopicResponse,
} from "@ottla/protocol/apis/list-offsets";
import { createClient } from "../client.ts";
import { HANG_UP, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

/** A leader of `partitionCount` partitions in which the record of time `t` has the offset `t` + the partition's number. */
async function start(partitionCount: number) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: Array.from({ length: partitionCount }, () => 1) }));
  const asked: number[][] = [];
  let hangUps = 0;
  broker.on(listOffsetsApi, (request) => {
    const { partitions } = request.topics[0]!;
    asked.push(partitions.map(({ partitionIndex }) => partitionIndex));
    if (hangUps-- > 0) return HANG_UP;
    const answers = partitions.map(({ partitionIndex, timestamp }) =>
      makeListOffsetsPartitionResponse({ partitionIndex, timestamp, offset: timestamp + partitionIndex }),
    );
    return makeListOffsetsResponse({ topics: [makeListOffsetsTopicResponse({ name: "t", partitions: answers })] });
  });
  const admin = createClient({ bootstrapServers: broker.bootstrap }, world).admin();
  const query = (partition: number, timestamp: number) => ({ topic: "t", partition, spec: { timestamp } });
  return { world, admin, asked, query, hangUp: (times: number) => void (hangUps = times) };
}

const lengths = (asked: readonly (readonly number[])[]) => asked.map(({ length }) => length);

describe("listOffsets", () => {
  test("answers questions in their order, each partition once in a request", async () => {
    const { world, admin, asked, query } = await start(3);
    const queries = [query(2, 10), query(0, 20), query(2, 30), query(2, 40), query(1, 50), query(0, 60)];
    const answers = await world.settle(admin.listOffsets(queries));
    assert.deepEqual(
      answers.map(({ partition, value }) => [partition, value?.offset]),
      [
        [2, 12],
        [0, 20],
        [2, 32],
        [2, 42],
        [1, 51],
        [0, 60],
      ],
    );
    for (const partitions of asked) assert.equal(new Set(partitions).size, partitions.length);
    assert.deepEqual(lengths(asked), [1, 2, 3]);
  });

  test("asks about a thousand partitions at a time, and of many questions about one a few", async () => {
    const { world, admin, asked, query } = await start(2500);
    await world.settle(admin.listOffsets(Array.from({ length: 2500 }, (_, partition) => query(partition, 1))));
    assert.deepEqual(lengths(asked), [1000, 1000, 500]);
    asked.length = 0;
    const answers = await world.settle(admin.listOffsets(Array.from({ length: 100 }, (_, time) => query(0, time))));
    assert.deepEqual(
      answers.map(({ value }) => value?.offset),
      Array.from({ length: 100 }, (_, time) => time),
    );
    assert.equal(asked.length, 100);
  });

  test("what was still to be asked of a leader that is gone is asked again with the rest", async () => {
    const { world, admin, asked, query, hangUp } = await start(2500);
    hangUp(1);
    const answers = await world.settle(admin.listOffsets(Array.from({ length: 2500 }, (_, partition) => query(partition, 1))));
    assert.deepEqual(
      answers.findIndex(({ value }, partition) => value?.offset !== partition + 1),
      -1,
    );
    assert.deepEqual(lengths(asked), [1000, 1000, 1000, 500]);
  });
});
