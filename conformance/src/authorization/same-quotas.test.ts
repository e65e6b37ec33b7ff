// npm run test:quotas: whom a client quota counts for, by user, client id, defaults and their precedence, at ours and at Apache Kafka.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode } from "@ottla/protocol";
import * as alter from "@ottla/protocol/apis/alter-client-quotas";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { describeClientQuotasApi, makeDescribeClientQuotasRequest } from "@ottla/protocol/apis/describe-client-quotas";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { RunningCluster } from "../cluster.ts";
import { startKafka } from "../kafka/cluster.ts";
import { startOttla } from "../ottla/broker.ts";
import { findFreePorts } from "../process/free-port.ts";
import { waitUntil } from "../process/wait-until.ts";
import { Asker, plainLogins } from "./asker.ts";

const USERS = Array.from({ length: 80 }, (_, at) => `u${at}`);
const PARTITIONS = 20;
/** Of one batch, and little more: Kafka gives as much of the next as there is room for. */
const BATCH_BYTES_MAX = 50_200;
const config = {
  ...plainLogins(["root", ...USERS]),
  "auto.create.topics.enable": "true",
  "num.partitions": String(PARTITIONS),
};
const PROTOCOLS = "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT";

type Entity = Readonly<Record<string, string | null>>;

/** From the one that counts first. */
const precedence = (user: string, clientId: string): readonly Entity[] => [
  { user, "client-id": clientId },
  { user, "client-id": null },
  { user },
  { user: null, "client-id": clientId },
  { user: null, "client-id": null },
  { user: null },
  { "client-id": clientId },
  { "client-id": null },
];

interface Side {
  readonly cluster: RunningCluster;
  readonly bootstrap: string;
  readonly root: Asker;
}

let sides: readonly Side[] = [];

before(async () => {
  const [port] = await findFreePorts(1);
  const clusters = await Promise.all([
    startOttla({ isInMemory: true, config: { ...config, listeners: `PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:${port}` } }),
    startKafka({ config: { ...config, "listener.security.protocol.map": PROTOCOLS }, listeners: ["SASL_PLAINTEXT"] }),
  ]);
  const bootstraps = [`127.0.0.1:${port}`, clusters[1].bootstraps?.["SASL_PLAINTEXT"] ?? ""];
  sides = await Promise.all(
    clusters.map(async (cluster, at) => ({ cluster, bootstrap: bootstraps[at]!, root: await Asker.open(bootstraps[at]!, "root", "root") })),
  );
  for (const side of sides) {
    await makeTopic(side.root, "t", 1);
    await waitUntil("the topic has a leader", async () => (await produce(side.root)).errorCode === ErrorCode.NONE);
    for (let i = 0; i < 3; i++) await produce(side.root);
  }
});

after(async () => {
  for (const { root } of sides) root.close();
  await Promise.all(sides.map(({ cluster }) => cluster.kill()));
});

/** Sets a limit of each entity, null for none, and waits until they count. */
async function limit({ root }: Side, name: string, limits: readonly (readonly [Entity, number | null])[]): Promise<void> {
  const entries = limits.map(([entity, value]) =>
    alter.makeAlterClientQuotasRequestEntryData({
      entity: Object.entries(entity).map(([entityType, entityName]) =>
        alter.makeAlterClientQuotasRequestEntityData({ entityType, entityName }),
      ),
      ops: [alter.makeOpData({ key: name, value: value ?? 0, remove: value === null })],
    }),
  );
  const answer = await root.ask(alter.alterClientQuotasApi, 1, alter.makeAlterClientQuotasRequest({ entries }));
  assert.deepEqual(
    answer.entries.map(({ errorCode }) => errorCode),
    limits.map(() => ErrorCode.NONE),
  );
  const wanted = limits.filter(([, value]) => value !== null).length;
  const request = makeDescribeClientQuotasRequest({ components: [], strict: false });
  await waitUntil("the limits are known", async () => (await root.ask(describeClientQuotasApi, 1, request)).entries?.length === wanted);
  // Kafka tells of them before its quota managers have them.
  await sleep(50);
}

async function makeTopic(asker: Asker, name: string, numPartitions: number) {
  const topics = [makeCreatableTopic({ name, numPartitions, replicationFactor: 1 })];
  const { throttleTimeMs, topics: results } = await asker.ask(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 10_000 }));
  return { throttleTimeMs, errorCode: results[0]!.errorCode };
}

async function produce(asker: Asker) {
  const builder = new RecordBatchBuilder({ limitBytes: 100_000 });
  builder.append(null, Buffer.alloc(50_000), [], Date.now());
  const partitionData = [makePartitionProduceData({ index: 0, records: builder.close("none") })];
  const topicData = [makeTopicProduceData({ name: "t", partitionData })];
  const { throttleTimeMs, responses } = await asker.ask(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 10_000, topicData }));
  return { throttleTimeMs, errorCode: responses[0]!.partitionResponses[0]!.errorCode };
}

async function fetch(asker: Asker) {
  const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: BATCH_BYTES_MAX })];
  const request = makeFetchRequest({
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: BATCH_BYTES_MAX,
    sessionEpoch: -1,
    topics: [makeFetchTopic({ topic: "t", partitions })],
  });
  return asker.ask(fetchApi, 12, request);
}

let topicCount = 0;

/** What uses up each kind of limit, and what is then told of it: whether it was felt. `low` is felt at the second use at the latest, `high` never. */
const KINDS: Readonly<Record<string, { readonly low: number; readonly high: number; use(asker: Asker): Promise<boolean> }>> = {
  producer_byte_rate: { low: 1000, high: 1e9, use: async (asker) => (await produce(asker)).throttleTimeMs > 0 },
  consumer_byte_rate: { low: 1000, high: 1e9, use: async (asker) => (await fetch(asker)).throttleTimeMs > 0 },
  request_percentage: { low: 0.0001, high: 10_000, use: async (asker) => (await fetch(asker)).throttleTimeMs > 0 },
  controller_mutation_rate: {
    low: 1,
    high: 1e6,
    use: async (asker) => {
      const { errorCode, throttleTimeMs } = await makeTopic(asker, `made-${topicCount++}`, PARTITIONS);
      assert.equal(throttleTimeMs > 0, errorCode === ErrorCode.THROTTLING_QUOTA_EXCEEDED);
      return throttleTimeMs > 0;
    },
  },
};

let nextUser = 0;

/** Whether one of three uses is felt. */
async function isFelt(side: Side, kind: string, user: string, clientId: string): Promise<boolean> {
  const asker = await Asker.open(side.bootstrap, user, clientId);
  try {
    for (let i = 0; i < 3; i++) if (await KINDS[kind]!.use(asker)) return true;
    return false;
  } finally {
    asker.close();
  }
}

for (const [kind, { low, high }] of Object.entries(KINDS))
  describe(kind, () => {
    for (const at of precedence("", "").keys())
      test(`entity ${at + 1} of 8 counts before those below it`, async () => {
        // Nobody owes anything from before.
        const [limited, free] = [USERS[nextUser++]!, USERS[nextUser++]!];
        const felt = await Promise.all(
          sides.map(async (side) => {
            const outcomes: boolean[] = [];
            for (const [user, own, others] of [
              [limited, low, high],
              [free, high, low],
            ] as const) {
              const clientId = `client-of-${user}`;
              const counting = precedence(user, clientId).slice(at);
              await limit(
                side,
                kind,
                counting.map((entity, below) => [entity, below === 0 ? own : others] as const),
              );
              outcomes.push(await isFelt(side, kind, user, clientId));
              await limit(
                side,
                kind,
                counting.map((entity) => [entity, null] as const),
              );
            }
            return outcomes;
          }),
        );
        assert.deepEqual(felt, [
          [true, false],
          [true, false],
        ]);
      });
  });

/** What each of some uses is told, one after another, each over a connection of its own: nobody obeys. */
async function told(side: Side, user: string, count: number, use: (asker: Asker, at: number) => Promise<number>): Promise<number[]> {
  const askers = await Promise.all(Array.from({ length: count }, () => Asker.open(side.bootstrap, user, "sizes")));
  try {
    const throttles: number[] = [];
    for (const [at, asker] of askers.entries()) throttles.push(await use(asker, at));
    return throttles;
  } finally {
    for (const asker of askers) asker.close();
  }
}

/** Kafka measures over windows of a second, of which the last has just begun or is almost over. */
const WINDOW_MS = 1000;
/** For what the uses take themselves. */
const SLACK_MS = 700;

describe("how long clients are told to be quiet", () => {
  const cases = [
    // Uses of 50 KB, so 5 s each, of which 10 s are free.
    { kind: "producer_byte_rate", limit: 10_000, uses: 6, use: async (asker: Asker) => (await produce(asker)).throttleTimeMs },
    // One that is beyond at once: Kafka keeps such records back and does not charge for them, ours gives them and is quiet afterwards, so that a second one is told of both.
    { kind: "consumer_byte_rate", limit: 2000, uses: 1, use: async (asker: Asker) => (await fetch(asker)).throttleTimeMs },
    {
      kind: "controller_mutation_rate",
      limit: 2,
      uses: 4,
      use: async (asker: Asker, at: number) => (await makeTopic(asker, `size-${topicCount++}-${at}`, PARTITIONS)).throttleTimeMs,
    },
  ];
  for (const { kind, limit: perSecond, uses, use } of cases)
    test(`${kind}: at ours as at Kafka, to within a window`, async (t) => {
      const user = USERS[nextUser++]!;
      const [ours = [], kafkas = []] = await Promise.all(
        sides.map(async (side) => {
          await limit(side, kind, [[{ user }, perSecond]]);
          const sizes = await told(side, user, uses, use);
          await limit(side, kind, [[{ user }, null]]);
          return sizes;
        }),
      );
      t.diagnostic(`${kind} ${perSecond}/s, ms: ottla ${ours.join(" ")}, kafka ${kafkas.join(" ")}`);
      assert.ok(kafkas.at(-1)! > WINDOW_MS + SLACK_MS, "the last is told to wait for longer than they may differ");
      for (const [at, ms] of ours.entries())
        assert.ok(Math.abs(ms - kafkas[at]!) <= WINDOW_MS + SLACK_MS, `use ${at + 1}: ${ms} ms, Kafka's ${kafkas[at]} ms`);
    });

  test("a producer that obeys needs as long as at Kafka for thirty seconds' worth", async (t) => {
    const user = USERS[nextUser++]!;
    const [ours, kafkas] = await Promise.all(
      sides.map(async (side) => {
        await limit(side, "producer_byte_rate", [[{ user }, 100_000]]);
        const asker = await Asker.open(side.bootstrap, user, "obeys");
        const beganMs = performance.now();
        let throttledMs = 0;
        for (let at = 0; at < 60; at++) {
          const { throttleTimeMs } = await produce(asker);
          throttledMs += throttleTimeMs;
          await sleep(throttleTimeMs);
        }
        asker.close();
        await limit(side, "producer_byte_rate", [[{ user }, null]]);
        return { throttledMs, tookMs: performance.now() - beganMs };
      }),
    );
    t.diagnostic(`3 MB at 100 KB/s: ottla ${JSON.stringify(ours)}, kafka ${JSON.stringify(kafkas)}`);
    assert.ok(Math.abs(ours!.throttledMs / kafkas!.throttledMs - 1) < 0.25, `${ours!.throttledMs} ms, Kafka's ${kafkas!.throttledMs} ms`);
  });
});

describe("topics that are made because somebody names them", () => {
  test("count for who names them, and are not made beyond the limit; nobody is told", async () => {
    const [user] = [USERS[nextUser++]!];
    const seen = await Promise.all(
      sides.map(async (side) => {
        await limit(side, "controller_mutation_rate", [[{ user }, 1]]);
        const asker = await Asker.open(side.bootstrap, user, "namer");
        const ask = async (name: string, allowAutoTopicCreation: boolean, by = side.root) => {
          const request = makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name })], allowAutoTopicCreation });
          const { throttleTimeMs, topics } = await by.ask(metadataApi, 12, request);
          return { throttleTimeMs, errorCode: topics[0]!.errorCode };
        };
        const first = await ask("named-1", true, asker);
        await waitUntil("the first topic is there", async () => (await ask("named-1", false)).errorCode === ErrorCode.NONE);
        const second = await ask("named-2", true, asker);
        await sleep(1500);
        const late = await ask("named-2", false);
        asker.close();
        await limit(side, "controller_mutation_rate", [[{ user }, null]]);
        return { first, second, late };
      }),
    );
    const unknown = { throttleTimeMs: 0, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
    assert.deepEqual(seen[0], { first: unknown, second: unknown, late: unknown });
    assert.deepEqual(seen[1], seen[0]);
  });
});
