import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Client } from "../client.ts";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { startTransactions } from "../testing/transaction-stage.ts";
import { type Serde, string } from "./index.ts";

const failsWith = (code: ClientErrorCode, causeCode?: ClientErrorCode) => (error: unknown) =>
  error instanceof ClientError && error.code === code && (causeCode === undefined || (error.cause as ClientError)?.code === causeCode);

/** Encodes "later …" when the test says so, refuses "never …", and encodes all else at once. */
function heldSerde() {
  const held = new Map<string, PromiseWithResolvers<string>>();
  const serde: Serde<string> = {
    serialize: (text) => {
      if (text.startsWith("never")) throw new Error("it is refused");
      if (!text.startsWith("later")) return text;
      const one = Promise.withResolvers<string>();
      held.set(text, one);
      return one.promise;
    },
    deserialize: (bytes) => bytes.toString(),
  };
  return {
    serde,
    release: (text: string) => held.get(text)?.resolve(text),
    fail: (text: string) => held.get(text)?.reject(new Error("it is refused late")),
  };
}

async function start() {
  const stage = await startTransactions({ leaders: [1], producer: { lingerMs: 0 } });
  const { serde, release, fail } = heldSerde();
  return { ...stage, release, fail, topic: typed(stage.client, serde) };
}

function typed(client: Client, serde: Serde<string>) {
  return client.topic("t", { value: serde });
}

function deeds(story: readonly string[]): string[] {
  return story.flatMap((line) => /^Produce \d:(\S+)|^EndTxn (\w+)/.exec(line)?.slice(1).filter(Boolean) ?? []);
}

describe("a typed topic in a transaction", () => {
  for (const [how, send] of [
    ["send", (sends) => void sends.send({ value: "never" })],
    ["a list", (sends) => void sends.send([{ value: "a" }, { value: "never" }])],
    ["sendBatch", (sends) => void sends.sendBatch([{ value: "a" }, { value: "never" }])],
    ["enqueue", (sends) => void sends.enqueue({ value: "never" })],
  ] as readonly (readonly [string, (sends: ReturnType<ReturnType<typeof typed>["within"]>) => void])[]) {
    test(`what a serde refuses to ${how}, awaited by nobody, fails the transaction`, async () => {
      const { world, producer, topic, story } = await start();
      const running = producer.transaction((tx) => send(topic.within(tx)));
      await assert.rejects(world.settle(running), failsWith("TRANSACTION_FAILED", "UNENCODABLE_RECORD"));
      await world.settle(producer.transaction((tx) => topic.within(tx).send({ value: "next" })));
      assert.deepEqual(deeds(story()).slice(-2), ["next", "commit"]);
      assert.equal(deeds(story()).filter((deed) => deed === "commit").length, 1);
    });
  }

  test("a shared typed producer fails it in the same way, late serdes too", async () => {
    const { world, producer, topic, story, fail } = await start();
    const shared = topic.producer(producer);
    await world.settle(producer.begin());
    const sending = assert.rejects(shared.send({ value: "later 1" }), failsWith("TRANSACTION_FAILED", "UNENCODABLE_RECORD"));
    const committing = producer.commit();
    fail("later 1");
    await assert.rejects(world.settle(committing), failsWith("TRANSACTION_FAILED"));
    await sending;
    await world.settle(producer.abort());
    assert.ok(!deeds(story()).includes("commit"));
  });

  test("the commit waits for serdes", async () => {
    const { world, producer, topic, story, release } = await start();
    const running = producer.transaction((tx) => {
      const sends = topic.within(tx);
      void sends.send({ value: "later_1" });
      void sends.enqueue({ value: "later_2" });
      void sends.sendBatch([{ value: "later_3" }, { value: "4" }]);
    });
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(deeds(story()), []);
    for (const value of ["later_3", "later_2", "later_1"]) release(value);
    await world.settle(running);
    const written = deeds(story());
    assert.equal(written.pop(), "commit");
    assert.deepEqual(written.join("+").split("+"), ["later_1", "later_2", "later_3", "4"]);
  });

  test("a commit whose serde never comes ends in its time and can be aborted; what comes then never slips into the next transaction", async () => {
    const { world, producer, topic, story, release } = await start();
    const shared = topic.producer(producer);
    await world.settle(producer.begin());
    const sending = assert.rejects(shared.send({ value: "later_1" }), ClientError);
    let onDelivery: Error | undefined;
    const taken = shared.enqueue({ value: "later_2" }, (error) => (onDelivery = error));
    await assert.rejects(world.settle(producer.commit({ timeoutMs: 100 })), failsWith("CALL_TIMEOUT"));
    await world.settle(producer.abort());
    await world.settle(producer.begin());
    for (const value of ["later_1", "later_2"]) release(value);
    await sending;
    await taken;
    assert.equal((onDelivery as ClientError | undefined)?.code, "TRANSACTION_STATE");
    const batch = shared.sendBatch([{ value: "now" }]);
    await world.settle(producer.commit());
    assert.deepEqual([(await batch).acknowledged, deeds(story())], [1, ["now", "commit"]]);
  });

  test("a late refusal fails nothing of the next transaction", async () => {
    const { world, producer, topic, story, fail } = await start();
    const shared = topic.producer(producer);
    await world.settle(producer.begin());
    const sending = assert.rejects(shared.send({ value: "later" }), failsWith("UNENCODABLE_RECORD"));
    await world.settle(producer.abort());
    await world.settle(producer.begin());
    fail("later");
    await sending;
    await world.settle(producer.send({ topic: "t", value: "raw" }));
    await world.settle(producer.commit());
    assert.deepEqual(deeds(story()), ["raw", "commit"]);
  });
});

describe("a typed producer without transactions", () => {
  test("what a serde refuses to an enqueue that nobody listens to is told by the next flush, and counted", async () => {
    const { world, client } = await start();
    const producer = client.topic("t", { value: string() }).producer({ transactionalId: undefined });
    assert.equal(producer.enqueue({ value: 1 as never }), undefined);
    await assert.rejects(world.settle(producer.flush()), failsWith("UNENCODABLE_RECORD"));
    assert.equal(producer.raw.stats().recordsFailed, 1);
    await world.settle(producer.flush());
  });

  test("the flush and the close of the producer beneath, and the client's, wait for serdes", async () => {
    const { world, client, topic, story, release } = await start();
    const producer = topic.producer({ lingerMs: 0 });
    const first = producer.send({ value: "later_1" });
    const flushing = producer.raw.flush();
    release("later_1");
    await world.settle(flushing);
    assert.deepEqual(deeds(story()), ["later_1"]);
    const second = producer.send({ value: "later_2" });
    const closing = client.close();
    await turn();
    await assert.rejects(world.settle(producer.raw.send({ topic: "t", value: "late" })), failsWith("CLIENT_CLOSED"));
    release("later_2");
    await world.settle(closing);
    await Promise.all([first, second]);
    assert.deepEqual(deeds(story()), ["later_1", "later_2"]);
  });
});
