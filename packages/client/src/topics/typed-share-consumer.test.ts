import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, createClient } from "../client.ts";
import { ClientError } from "../client-error.ts";
import { ShareBroker } from "../testing/share-broker.ts";
import { makeWorld, type SimulatedWorld } from "../testing/simulated-world.ts";
import { defineTopic, RecordDecodeError, type Serde } from "./index.ts";

interface Stage {
  readonly world: SimulatedWorld;
  readonly share: ShareBroker;
  readonly client: Client;
  readonly warnings: string[];
}

async function start(): Promise<Stage> {
  const world = makeWorld();
  const share = await ShareBroker.start(world);
  const warnings: string[] = [];
  const logger = { ...world.logger, warn: (message: string) => void warnings.push(message) };
  const client = createClient({ bootstrapServers: share.broker.bootstrap }, { ...world, logger });
  return { world, share, client, warnings };
}

/** Reads a text, but not those offsets: the share broker's records are `v0`, `v1`, … */
function serdeThatRefuses(...refused: readonly string[]): Serde<string> {
  return {
    serialize: (text) => text,
    deserialize(bytes) {
      if (refused.includes(bytes.toString())) throw new Error("it is refused");
      return bytes.toString();
    },
  };
}

const isDecodeError = (error: unknown) => error instanceof RecordDecodeError && error.field === "value";

describe("a share consumer of typed topics", () => {
  test("gives decoded records that are acknowledged by their own words or the consumer's", async () => {
    const { world, share, client } = await start();
    share.produce(4);
    const consumer = client.topic("t", { value: serdeThatRefuses() }).shareConsumer({ groupId: "g", acknowledgementMode: "explicit" });
    const records = consumer.records();
    const seen: unknown[] = [];
    for (let at = 0; at < 4; at++) {
      const { value: record } = await world.settle(records.next());
      seen.push([record!.value, record!.offset, record!.deliveryCount, record!.isHeld, record!.error]);
      if (at === 0) record!.accept();
      if (at === 1) consumer.acknowledge(record!);
      if (at === 2) record!.reject();
      if (at === 3) record!.release();
      assert.equal(record!.isHeld, false);
      assert.throws(() => record!.accept(), ClientError);
    }
    await world.settle(consumer.commit());
    assert.deepEqual(
      seen,
      ["v0", "v1", "v2", "v3"].map((value, offset) => [value, offset, 1, true, undefined]),
    );
    assert.deepEqual([share.count("accepted"), share.count("rejected")], [2, 1]);
    await world.settle(client.close());
  });

  test("one that cannot be decoded ends the loop and is released, not accepted", async () => {
    const { world, share, client } = await start();
    share.produce(2);
    const consumer = client.topic("t", { value: serdeThatRefuses("v1") }).shareConsumer({ groupId: "g" });
    const records = consumer.records();
    assert.equal((await world.settle(records.next())).value?.value, "v0");
    await assert.rejects(world.settle(records.next()), isDecodeError);
    // The loop is left, so a commit accepts nothing of it any more.
    await world.settle(consumer.commit());
    assert.equal(share.count("accepted"), 1);
    await world.settle(consumer.close());
    assert.equal(share.shown, "a1 .1");
    await world.settle(client.close());
  });

  for (const [decision, shown] of [
    ["reject", "r1 a1"],
    ["accept", "a1 a1"],
  ] as const)
    test(`onUndecodable "${decision}" does so to the record, says so and goes on, also when it is decided later`, async () => {
      for (const onUndecodable of [decision, async () => decision]) {
        const { world, share, client, warnings } = await start();
        share.produce(2);
        const consumer = client.topic("t", { value: serdeThatRefuses("v0") }).shareConsumer({ groupId: "g", onUndecodable });
        const records = consumer.records();
        const { value: record } = await world.settle(records.next());
        assert.equal(record?.value, "v1");
        record.accept();
        await world.settle(consumer.commit());
        assert.equal(share.shown, shown);
        assert.deepEqual(warnings, [`${decision}ed a record that cannot be decoded`]);
        await world.settle(client.close());
      }
    });

  test('onUndecodable "raw" hands it over with its lock and its error', async () => {
    const { world, share, client } = await start();
    share.produce(1);
    const topics = [defineTopic("t", { value: serdeThatRefuses("v0") })] as const;
    const consumer = client.topicsShareConsumer(topics, { groupId: "g", onUndecodable: "raw" });
    const { value: record } = await world.settle(consumer.records().next());
    assert.ok(isDecodeError(record!.error));
    assert.equal(record!.value?.toString(), "v0");
    record!.reject();
    await world.settle(consumer.commit());
    assert.equal(share.shown, "r1");
    await world.settle(client.close());
  });

  test("in a run it fails as if its handler had thrown, and onError decides", async () => {
    const { world, share, client } = await start();
    share.produce(2);
    const consumer = client.topic("t", { value: serdeThatRefuses("v0") }).shareConsumer({ groupId: "g" });
    const seen: string[] = [];
    const asked: unknown[] = [];
    const running = consumer.run({
      eachRecord: ({ value }) => seen.push(value),
      onError: { decide: (error) => (asked.push(error), "reject") },
    });
    await world.settle(new Promise<void>((resolve) => world.clock.schedule(50, resolve)));
    assert.equal(consumer.health().isAlive, true);
    await world.settle(consumer.close());
    await running;
    assert.deepEqual([seen, asked.length, isDecodeError(asked[0]), share.shown], [["v1"], 1, true, "r1 a1"]);
    await world.settle(client.close());
  });

  test("what makes no sense is refused by name", async () => {
    const { world, client } = await start();
    const topic = client.topic("t");
    const refused = (subject: string) => (error: unknown) => error instanceof ClientError && error.message.includes(subject);
    for (const options of [undefined, null, 5]) assert.throws(() => topic.shareConsumer(options as never), refused("options"));
    assert.throws(() => topic.shareConsumer({ groupId: "g", onUndecodable: "skip" as never }), refused("onUndecodable"));
    assert.throws(() => client.topicsShareConsumer([], { groupId: "g" }), refused("topics"));
    assert.throws(() => client.topicsShareConsumer([topic, topic], { groupId: "g" }), refused("topics"));
    const consumer = topic.shareConsumer({ groupId: "g" });
    for (const record of [undefined, null, 5, {}])
      assert.throws(() => consumer.acknowledge(record as never), refused("record is none of this consumer"));
    await assert.rejects(consumer.run({ eachRecord: 5 } as never), refused("eachRecord"));
    await assert.rejects(consumer.run(undefined as never), ClientError);
    await world.settle(client.close());
  });
});
