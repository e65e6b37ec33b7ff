// A topic that was just made, at a broker that has not heard of it: it is asked for until it has, for a bounded time.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopicResult, makeCreateTopicsResponse } from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeletableTopicResult, makeDeleteTopicsResponse } from "@ottla/protocol/apis/delete-topics";
import { describeConfigsApi, makeDescribeConfigsResponse, makeDescribeConfigsResult } from "@ottla/protocol/apis/describe-configs";
import {
  listOffsetsApi,
  makeListOffsetsPartitionResponse,
  makeListOffsetsResponse,
  makeListOffsetsTopicResponse,
} from "@ottla/protocol/apis/list-offsets";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { createClient } from "../client.ts";
import { MadeTopics, YOUNG_MS, YOUNG_TOPICS_MAX } from "../cluster/made-topics.ts";
import { HOST, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

/** Longer than three attempts take. */
const LATE_MS = 3_000;

/** A cluster whose only broker hears of a topic so long after it was made; never: Infinity. */
async function start({ lateMs, says = ErrorCode.NONE }: { readonly lateMs: number; readonly says?: number }) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  let heardAtMs = Infinity;
  const heard = () => world.clock.monotonicMs() >= heardAtMs;
  const code = () => (heard() ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  broker.on(metadataApi, ({ topics }) =>
    makeMetadataResponse({
      clusterId: "late",
      controllerId: 1,
      brokers: [makeMetadataResponseBroker({ nodeId: 1, host: HOST, port: broker.port })],
      topics: (topics ?? []).map(({ name }) =>
        makeMetadataResponseTopic({
          name,
          errorCode: code(),
          partitions: heard() ? [makeMetadataResponsePartition({ partitionIndex: 0, leaderId: 1, replicaNodes: [1], isrNodes: [1] })] : [],
        }),
      ),
    }),
  );
  broker.on(createTopicsApi, ({ topics }) => {
    heardAtMs = world.clock.monotonicMs() + lateMs;
    return makeCreateTopicsResponse({ topics: topics.map(({ name }) => makeCreatableTopicResult({ name, errorCode: says })) });
  });
  broker.on(deleteTopicsApi, ({ topics, topicNames }) => {
    heardAtMs = Infinity;
    const names = [...topics.map(({ name }) => name), ...topicNames];
    return makeDeleteTopicsResponse({ responses: names.map((name) => makeDeletableTopicResult({ name })) });
  });
  broker.on(describeConfigsApi, ({ resources }) =>
    makeDescribeConfigsResponse({
      results: resources.map(({ resourceType, resourceName }) =>
        makeDescribeConfigsResult({ resourceType, resourceName, errorCode: code() }),
      ),
    }),
  );
  broker.on(listOffsetsApi, ({ topics }) =>
    makeListOffsetsResponse({
      topics: topics.map(({ name, partitions }) =>
        makeListOffsetsTopicResponse({
          name,
          partitions: partitions.map(({ partitionIndex }) => makeListOffsetsPartitionResponse({ partitionIndex, offset: 7 })),
        }),
      ),
    }),
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  return { world, broker, client, admin: client.admin() };
}

const ends = [{ topic: "t", partition: 0, spec: "latest" }] as const;

describe("a topic that this client made", () => {
  for (const says of [ErrorCode.NONE, ErrorCode.TOPIC_ALREADY_EXISTS])
    test(`is described, and its ends and configs are read, once the broker has heard of it (creation answered ${says})`, async () => {
      const { world, client, admin } = await start({ lateMs: LATE_MS, says });
      await world.settle(admin.createTopics([{ name: "t" }]));
      const [offsets, described, configs] = await world.settle(
        Promise.all([admin.listOffsets(ends), admin.describeTopics(["t"]), admin.describeConfigs([{ type: "topic", name: "t" }])]),
      );
      assert.deepEqual(
        [offsets[0]!.value?.offset, described[0]!.value?.partitions.length, configs[0]!.error, configs[0]!.value],
        [7, 1, undefined, []],
      );
      await world.settle(client.close());
    });

  test("is taken for missing where no broker hears of it, after a bounded time", async () => {
    const { world, client, admin } = await start({ lateMs: Infinity });
    await world.settle(admin.createTopics([{ name: "t" }]));
    const beganMs = world.clock.monotonicMs();
    const [[offset], [described], [configs]] = await world.settle(
      Promise.all([admin.listOffsets(ends), admin.describeTopics(["t"]), admin.describeConfigs([{ type: "topic", name: "t" }])]),
    );
    assert.deepEqual(
      [offset, described, configs].map((outcome) => outcome?.error?.code),
      Array.from({ length: 3 }, () => "UNKNOWN_TOPIC_OR_PARTITION"),
    );
    const tookMs = world.clock.monotonicMs() - beganMs;
    assert.ok(tookMs >= YOUNG_MS - 1_000 && tookMs < YOUNG_MS + 3_000, `${tookMs} ms`);
    await world.settle(client.close());
  });

  test("is taken for missing at once after this client has deleted it, and where another made it", async () => {
    const { world, client, broker, admin } = await start({ lateMs: 0 });
    await world.settle(admin.createTopics([{ name: "t" }]));
    await world.settle(admin.deleteTopics(["t"]));
    broker.seen.length = 0;
    const [described] = await world.settle(admin.describeTopics(["t"]));
    const [another] = await world.settle(admin.describeTopics(["another"]));
    assert.deepEqual([described?.error?.code, another?.error?.code], ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_OR_PARTITION"]);
    assert.equal(broker.requestsOf(metadataApi).length, 2);
    await world.settle(client.close());
  });

  test("ends a wait for it with the signal, and does not wait beyond the call's time", async () => {
    const { world, client, admin } = await start({ lateMs: Infinity });
    await world.settle(admin.createTopics([{ name: "t" }]));
    const stopping = new AbortController();
    const waiting = assert.rejects(admin.describeTopics(["t"], { signal: stopping.signal }), { code: "ABORTED" });
    await world.pass(500);
    stopping.abort();
    await world.settle(waiting);
    const beganMs = world.clock.monotonicMs();
    const [short] = await world.settle(admin.describeTopics(["t"], { timeoutMs: 1_000 }));
    assert.equal(short?.error?.code, "UNKNOWN_TOPIC_OR_PARTITION");
    assert.ok(world.clock.monotonicMs() - beganMs <= 1_000);
    await world.settle(client.close());
  });
});

test("so many topics are young at most, the oldest go first, and a creation that was only tried counts for nothing", async () => {
  const { world, client, admin } = await start({ lateMs: Infinity });
  const made = new MadeTopics(world.clock);
  for (let i = 0; i <= YOUNG_TOPICS_MAX; i++) made.noteMade(`t${i}`);
  assert.deepEqual([made.isYoung("t0"), made.isYoung("t1"), made.isYoung(`t${YOUNG_TOPICS_MAX}`)], [false, true, true]);
  await world.settle(admin.createTopics([{ name: "t" }], { validateOnly: true }));
  const beganMs = world.clock.monotonicMs();
  assert.equal((await world.settle(admin.describeTopics(["t"])))[0]?.error?.code, "UNKNOWN_TOPIC_OR_PARTITION");
  assert.ok(world.clock.monotonicMs() - beganMs < 1_000);
  await world.settle(client.close());
});
