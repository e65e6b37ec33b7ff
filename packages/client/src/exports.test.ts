// Every function that the package exports, with arguments of the wrong kind: the call fails with one error that has a code and names the call or what is wrong.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { ClientError } from "./client-error.ts";
import * as main from "./index.ts";
import * as kafkajs from "./kafkajs/index.ts";
import * as openTelemetry from "./opentelemetry/index.ts";
import * as outbox from "./outbox/index.ts";
import { ScriptedBroker } from "./testing/scripted-broker.ts";
import { makeWorld } from "./testing/simulated-world.ts";

const client = main.createClient({ bootstrapServers: "127.0.0.1:1" }, makeWorld());
const store = { claim: () => Promise.resolve(undefined), markPublished: () => Promise.resolve() };

const noObject = [null, 5, Number.NaN, 1n, "x", true, [], Symbol("s"), () => {}];
const required = [undefined, ...noObject];
const noSerde = [...noObject, {}, { serialize: () => "" }, { serialize: () => "", deserialize: 5 }];
const noText = [undefined, null, 5, 1n, {}, [], Symbol("s")];
const noProperties = [...required, { "client.id": 5 }, { "client.id": undefined }, new Map([["client.id", 5]]), new Map([[5, "x"]])];
const noBytes = [undefined, null, 5, "key", [1, 2], { length: 4 }, new ArrayBuffer(4)];
const noRecord = [...required, {}, { headers: null }, { headers: 5 }, { headers: new Map() }];

type Call = (...args: never[]) => unknown;
/** What is tried, argument by argument: the call with all others right. */
type Tries = readonly (readonly unknown[])[];
const each = (values: readonly unknown[], call: (value: unknown) => readonly unknown[]): Tries => values.map(call);

const propertiesOnly: Tries = each(noProperties, (value) => [value]);
const takesNothing = "takes nothing";
/** Given to programs to tell errors apart, or as they are. */
const isNoCall = "no call";

const tried: Readonly<Record<string, Tries | typeof takesNothing | typeof isNoCall>> = {
  "main.createClient": [
    ...each(required, (value) => [value]),
    ...each(noObject, (value) => [{ bootstrapServers: "127.0.0.1:1" }, value]),
    [{}],
    [{ bootstrapServers: "127.0.0.1:1", clientid: "x" }],
  ],
  "main.defineTopic": [
    ...each([...noText, "", "a b", "."], (value) => [value]),
    ...each([...noObject, { vlaue: main.string() }], (value) => ["t", value]),
    ...each(noSerde, (value) => ["t", { key: value }]),
    ...each(noSerde, (value) => ["t", { value }]),
  ],
  "main.json": [
    ...each([...noObject, {}, { "~standard": null }, { "~standard": { version: 2 } }], (value) => [value]),
    ...each([...noObject, { validateOnSend: 1 }, { validateonsend: true }], (value) => [undefined, value]),
  ],
  "main.nullable": each([undefined, ...noSerde], (value) => [value]),
  "main.murmur2": each(noBytes, (value) => [value]),
  "main.partitionOfKey": [
    ...each(noBytes, (value) => [value, 3]),
    ...each([undefined, null, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "3", 2n], (value) => [Buffer.from("k"), value]),
  ],
  "main.parseAutoOffsetReset": each([...noText, "", "first", "by_duration:", "by_duration:PT"], (value) => [value]),
  "main.clientOptionsFromProperties": propertiesOnly,
  "main.producerOptionsFromProperties": propertiesOnly,
  "main.consumerOptionsFromProperties": propertiesOnly,
  "main.shareConsumerOptionsFromProperties": propertiesOnly,
  "main.findUnusedProperties": propertiesOnly,
  "main.originalHeaders": each(noRecord, (value) => [value]),
  "main.readFailure": each(noRecord, (value) => [value]),
  "main.bytes": takesNothing,
  "main.double": takesNothing,
  "main.int32": takesNothing,
  "main.int64": takesNothing,
  "main.string": takesNothing,
  "main.uuid": takesNothing,
  "main.stickyAssignor": takesNothing,
  "main.cooperativeStickyAssignor": takesNothing,
  "main.ClientError": isNoCall,
  "main.KafkaError": isNoCall,
  "main.RecordDecodeError": isNoCall,
  "main.SchemaMismatch": isNoCall,
  "main.ShareAcknowledgeError": isNoCall,
  "outbox.OutboxPublisher": [
    ...each([...required, {}], (value) => [value, store, { transactionalId: "x" }]),
    ...each([...required, {}, { claim: store.claim }, { ...store, claim: 5 }], (value) => [client, value, { transactionalId: "x" }]),
    ...each([...required, {}, { transactionalId: "" }, { transactionalId: "x", batchRecordsMax: 0 }], (value) => [client, store, value]),
  ],
  "openTelemetry.withTelemetry": [
    ...each([...required, {}], (value) => [value]),
    ...each([...noObject, { clientId: 5 }, { clientid: "x" }], (value) => [client, value]),
  ],
  "openTelemetry.contextOf": each(required, (value) => [value]),
  "kafkajs.Kafka": each(required, (value) => [value]),
};

const entries = { main, outbox, openTelemetry };

describe("the border of what the package exports", () => {
  test("is tried whole: each function stands in the table", () => {
    const functions = Object.entries(entries).flatMap(([entry, module]) =>
      Object.entries(module).flatMap(([name, value]) => (typeof value === "function" ? [`${entry}.${name}`] : [])),
    );
    assert.deepEqual(
      functions.sort(),
      Object.keys(tried)
        .filter((name) => !name.startsWith("kafkajs."))
        .sort(),
    );
  });

  for (const [name, tries] of Object.entries(tried)) {
    if (typeof tries === "string") continue;
    test(`of ${name} refuses what it cannot take, with a code`, () => {
      const [entry = "", call = ""] = name.split(".");
      const modules: Readonly<Record<string, object>> = { ...entries, kafkajs };
      const run = (modules[entry] as Readonly<Record<string, Call>>)[call]!;
      for (const args of tries) {
        const label = `${name}(${args.map((arg) => describeArgument(arg)).join(", ")})`;
        let error: unknown;
        try {
          if (/^[A-Z]/.test(call)) Reflect.construct(run, args);
          else Reflect.apply(run, undefined, args);
        } catch (thrown) {
          error = thrown;
        }
        if (entry === "kafkajs") assert.ok(error instanceof kafkajs.KafkaJSNonRetriableError, `${label}: ${String(error)}`);
        else assert.ok(error instanceof ClientError && /^INVALID_(ARGUMENT|OPTION)$/.test(error.code), `${label}: ${String(error)}`);
      }
    });
  }
});

function describeArgument(arg: unknown): string {
  if (arg === client) return "client";
  return inspect(arg);
}

describe("the border of typed topics", () => {
  async function start() {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }));
    broker.muteTheRest();
    return { world, broker, client: main.createClient({ bootstrapServers: broker.bootstrap }, world) };
  }

  const isInvalid = { code: /^INVALID_(ARGUMENT|OPTION)$/ };

  test("refuses what is no definition, no options and no transaction, before anything is asked", async () => {
    const { broker, client: own } = await start();
    for (const value of [...required.filter((one) => one !== "x"), {}, { name: "t" }, { name: "t", encode: () => {}, decode: 5 }])
      assert.throws(() => own.topic(value as never), isInvalid, describeArgument(value));
    for (const value of [undefined, null, 5, [], ["t"], [{}], [{ name: "t" }]]) {
      assert.throws(() => own.topicsConsumer(value as never), isInvalid, describeArgument(value));
      assert.throws(() => own.topicsShareConsumer(value as never, { groupId: "g" }), isInvalid, describeArgument(value));
    }
    const topic = own.topic("t", { value: main.string() });
    for (const value of noObject) {
      assert.throws(() => topic.producer(value as never), isInvalid, describeArgument(value));
      assert.throws(() => topic.consumer(value as never), isInvalid, describeArgument(value));
    }
    for (const value of [...required, {}]) assert.throws(() => topic.within(value as never), isInvalid, describeArgument(value));
    for (const value of required.filter((one) => !Array.isArray(one))) {
      assert.throws(() => topic.encode(value as never), isInvalid, describeArgument(value));
      assert.throws(() => topic.decode(value as never), isInvalid, describeArgument(value));
    }
    assert.deepEqual(broker.seen, []);
    await own.close();
  });

  test("a call of a typed producer that is refused sends nothing and closes nothing", async () => {
    const { client: own } = await start();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const later = { serialize: (value: string) => held.then(() => value), deserialize: String };
    const producer = own.topic("t", { value: later }).producer();
    const behind = producer.send({ value: "first" });
    behind.catch(() => {});
    // While a serde is at work the call would have been handed on by the time the signal is looked at.
    for (const signal of [null, "stop", {}, new AbortController()]) {
      await assert.rejects(producer.send({ value: "v" }, { signal } as never), isInvalid);
      await assert.rejects(producer.send([{ value: "v" }], { signal } as never), isInvalid);
      await assert.rejects(producer.sendBatch([{ value: "v" }], { signal } as never), isInvalid);
      await assert.rejects(producer.flush({ signal } as never), isInvalid);
    }
    assert.throws(() => producer.enqueue({ value: "v" }, 5 as never), isInvalid);
    for (const value of [null, 5, { timeoutMs: -1 }, { timeoutMs: Number.NaN }, { timeoutMs: "1" }])
      await assert.rejects(producer.close(value as never), isInvalid, describeArgument(value));
    release();
    // What has no record in it counts as one that cannot be sent.
    await assert.rejects(producer.send(Array<never>(2)), isInvalid);
    await assert.rejects(producer.send(null as never), isInvalid);
    // It is open still: a later call is not told of a close.
    const open = producer.send({ value: "last" });
    open.catch(() => {});
    assert.equal(await Promise.race([open.catch((error: ClientError) => error.code), Promise.resolve("waits")]), "waits");
    await own.close({ timeoutMs: 0 });
    await assert.rejects(open, { code: "CLIENT_CLOSED" });
  });
});
