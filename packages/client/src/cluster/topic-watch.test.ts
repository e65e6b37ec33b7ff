// Topics that nobody may describe, that are not there or cannot be: whoever wants to read them hears of it, whatever the way in.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { fetchApi } from "@ottla/protocol/apis/fetch";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { type Client, createClient } from "../client.ts";
import type { Consumer } from "../consumer/consumer-types.ts";
import { HOST, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "../testing/simulated-world.ts";

interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
  /** Per topic its count of partitions, or the error that is said of it; others are unknown. */
  readonly topics: Record<string, { partitions?: number; errorCode?: number }>;
  /** What the log says of topics that are missing. */
  readonly warnings: string[];
}

async function start(): Promise<Stage> {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  const topics: Stage["topics"] = {};
  broker.on(metadataApi, (request) =>
    makeMetadataResponse({
      clusterId: "scripted",
      controllerId: 1,
      brokers: [makeMetadataResponseBroker({ nodeId: 1, host: HOST, port: broker.port })],
      topics: (request.topics?.map(({ name }) => name!) ?? Object.keys(topics)).map((name) => {
        const { partitions = 0, errorCode = partitions > 0 ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION } = topics[name] ?? {};
        return makeMetadataResponseTopic({
          name,
          errorCode,
          partitions: Array.from({ length: partitions }, (_, partitionIndex) =>
            makeMetadataResponsePartition({ partitionIndex, leaderId: 1, leaderEpoch: 0, replicaNodes: [1], isrNodes: [1] }),
          ),
        });
      }),
    }),
  );
  broker.on(fetchApi, () => SILENCE);
  broker.muteTheRest();
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: string, fields?: object) => void warnings.push(String((fields as Warned)?.missing)) };
  const client = createClient({ bootstrapServers: broker.bootstrap, metadataMaxAgeMs: 600, retryBackoffMs: 500 }, { ...world, logger });
  return { world, broker, client, topics, warnings };
}

interface Warned {
  readonly missing?: string;
}

const refusal = (errorCode: number, message: RegExp) => (error: unknown) =>
  error instanceof KafkaError && error.errorCode === errorCode && message.test(error.message);
const mayNot = (names: string) => refusal(ErrorCode.TOPIC_AUTHORIZATION_FAILED, new RegExp(`^${names}: `));

/** Every way to come to read a topic. */
const waysIn: Readonly<Record<string, (client: Client, topics: readonly string[]) => Pick<Consumer, "poll" | "records" | "close">>> = {
  "assigned, from where the policy says": (client, topics) => {
    const consumer = client.consumer();
    consumer.assign(topics.map((topic) => ({ topic, partition: 0 })));
    return consumer;
  },
  "assigned, at a known position": (client, topics) => {
    const consumer = client.consumer();
    consumer.assign(topics.map((topic) => ({ topic, partition: 0 })));
    for (const topic of topics) consumer.seek({ topic, partition: 0 }, 7);
    return consumer;
  },
  "subscribed, classic": (client, topics) => {
    const consumer = client.consumer({ groupId: "g" });
    consumer.subscribe(topics);
    return consumer;
  },
  "subscribed, KIP-848": (client, topics) => {
    const consumer = client.consumer({ groupId: "g", groupProtocol: "consumer" });
    consumer.subscribe(topics);
    return consumer;
  },
  shared: (client, topics) => client.shareConsumer({ groupId: "g", topics }) as never,
};

describe("topics that cannot be read", () => {
  for (const [way, open] of Object.entries(waysIn)) {
    test(`${way}: a topic that may not be described is an error of poll with every answer that says so, none once it may`, async () => {
      const { world, client, topics } = await start();
      topics["a"] = { partitions: 1 };
      topics["b"] = topics["c"] = { errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED };
      const consumer = open(client, ["a", "b", "c"]);
      await assert.rejects(world.settle(consumer.poll(60_000)), mayNot('Topics "b", "c"'));
      // Shared topics are asked for again when the metadata are old only.
      await assert.rejects(world.settle(consumer.poll(2000)), mayNot('Topics "b", "c"'));
      topics["c"] = { partitions: 1 };
      await assert.rejects(world.settle(consumer.poll(2000)), mayNot('Topic "b"'));
      topics["b"] = { partitions: 1 };
      // One more answer may have been on its way.
      await world.settle(consumer.poll(2000).catch(() => []));
      assert.deepEqual(await world.settle(consumer.poll(1000)), []);
      await world.settle(consumer.close({ timeoutMs: 0 }));
    });

    test(`${way}: a loop ends with the refusal`, async () => {
      const { world, client, topics } = await start();
      topics["b"] = { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION };
      const consumer = open(client, ["b"]);
      await assert.rejects(world.settle(consumer.records().next()), refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, /^Topic "b": /));
      await world.settle(consumer.close({ timeoutMs: 0 }));
    });

    test(`${way}: a topic that is not there is told of once, and again when it went away after it came`, async () => {
      const { world, client, topics, warnings } = await start();
      const consumer = open(client, ["b", "c"]);
      await world.settle(consumer.poll(900));
      assert.deepEqual(warnings, []);
      await world.settle(consumer.poll(2000));
      const missing = "b (UNKNOWN_TOPIC_OR_PARTITION), c (UNKNOWN_TOPIC_OR_PARTITION)";
      assert.deepEqual(warnings, [missing]);
      topics["b"] = topics["c"] = { partitions: 1 };
      await world.settle(consumer.poll(2000).catch(() => []));
      delete topics["b"];
      await world.settle(consumer.poll(3000).catch(() => []));
      assert.deepEqual(
        warnings.filter((each) => each !== "undefined"),
        [missing, "b (UNKNOWN_TOPIC_OR_PARTITION)"],
      );
      await world.settle(consumer.close({ timeoutMs: 0 }));
    });
  }

  test("a partition beyond the last one is told of once", async () => {
    const { world, client, topics, warnings } = await start();
    topics["a"] = { partitions: 3 };
    const consumer = client.consumer();
    consumer.assign([2, 3].map((partition) => ({ topic: "a", partition })));
    await world.settle(consumer.poll(2000));
    assert.deepEqual(warnings, ["a-3 (the topic has 3 partitions)"]);
  });

  test("of refusals of two kinds each is an error of its own", async () => {
    const { world, client, topics } = await start();
    topics["a"] = { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION };
    topics["b"] = { errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED };
    const consumer = client.consumer({ groupId: "g" });
    consumer.subscribe(["a", "b"]);
    await assert.rejects(world.settle(consumer.poll(10_000)), refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, /"a"/));
    await assert.rejects(world.settle(consumer.poll(10_000)), mayNot('Topic "b"'));
  });

  test("position and questions for offsets say why, and do not wait for the time to be up", async () => {
    const { world, client, topics } = await start();
    topics["b"] = { errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED };
    const consumer = client.consumer();
    const at = { topic: "b", partition: 0 };
    consumer.assign([at]);
    await assert.rejects(world.settle(consumer.position(at)), mayNot('Topic "b"'));
    await assert.rejects(world.settle(consumer.endOffsets([at])), mayNot('Topic "b"'));
    await assert.rejects(world.settle(consumer.offsetsForTimes([{ ...at, timestamp: 1 }])), mayNot('Topic "b"'));
    const [listed] = await world.settle(client.admin().listOffsets([{ ...at, spec: "latest" }]));
    assert.ok(mayNot('Topic "b"')(listed?.error));
    assert.ok(world.clock.monotonicMs() < 5000, `${world.clock.monotonicMs()} ms`);
  });

  test("of a thousand missing topics ten are named", async () => {
    const { world, client, warnings } = await start();
    const consumer = client.consumer();
    consumer.assign(Array.from({ length: 1000 }, (_, i) => ({ topic: `t${i}`, partition: 0 })));
    await world.settle(consumer.poll(2000));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^t0 \(UNKNOWN_TOPIC_OR_PARTITION\), .*t9 \(.*\) and 990 more$/);
  });

  test("a pattern that matches nothing is told of", async () => {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }));
    broker.muteTheRest();
    const told: unknown[] = [];
    const logger = { ...silentLogger, info: (_: string, fields?: object) => void told.push((fields as { pattern?: string }).pattern) };
    const consumer = createClient({ bootstrapServers: broker.bootstrap }, { ...world, logger }).consumer({ groupId: "g" });
    consumer.subscribe(/^orders-/);
    await world.settle(consumer.poll(2000));
    assert.deepEqual(told, ["/^orders-/"]);
  });
});
