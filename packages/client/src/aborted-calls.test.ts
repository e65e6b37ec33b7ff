// Every call that waits for brokers, with a broker that falls silent at each of its requests in turn: the caller's signal ends the call at once, nothing stays behind, and the next call works.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import type { ScriptedBroker } from "./testing/scripted-broker.ts";
import { ShareBroker } from "./testing/share-broker.ts";
import { startObliging } from "./testing/obliging-broker.ts";
import { makeWorld, type SimulatedWorld } from "./testing/simulated-world.ts";
import { ClientError } from "./client-error.ts";
import { type Client, createClient } from "./client.ts";
import type { Consumer, ConsumerOptions } from "./consumer/consumer-types.ts";
import { json, string } from "./topics/index.ts";

/** More requests than any call makes. */
const REQUESTS_MAX = 25;

const at = { topic: "t", partition: 0 };
const record = { topic: "t", value: "v" };

interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
}

type Call = (signal: AbortSignal | undefined) => Promise<unknown>;
/** Makes everything ready, with every request answered, and gives the call; where the same call cannot follow itself, also what can. */
type Prepared = Call | { readonly call: Call; readonly next: Call };
type Prepare = (stage: Stage) => Prepared | Promise<Prepared>;

const producing: Readonly<Record<string, Prepare>> = {
  send: ({ client }) => {
    const producer = client.producer();
    return (signal) => producer.send(record, { signal });
  },
  "send of a list": ({ client }) => {
    const producer = client.producer();
    return (signal) => producer.send([record, record], { signal });
  },
  sendBatch: ({ client }) => {
    const producer = client.producer();
    return (signal) => producer.sendBatch([record], { signal });
  },
  flush: ({ client }) => {
    const producer = client.producer();
    return (signal) => {
      void producer.enqueue(record);
      return producer.flush({ signal });
    };
  },
  "send to a typed topic": ({ client }) => {
    const topic = client.topic("t", { key: string(), value: json<{ readonly id: number }>() });
    const producer = topic.producer();
    return (signal) => producer.send({ key: "k", value: { id: 1 } }, { signal });
  },
};

const transactions: Readonly<Record<string, Prepare>> = {
  initTransactions: ({ client }) => {
    const producer = client.producer({ transactionalId: "x" });
    return (signal) => producer.initTransactions({ signal });
  },
  begin: ({ client }) => {
    const producer = client.producer({ transactionalId: "x" });
    return (signal) => producer.begin({ signal });
  },
  transaction: ({ client }) => {
    const producer = client.producer({ transactionalId: "x" });
    const work: Call = (signal) =>
      producer.transaction(
        async (tx) => {
          await tx.send(record);
          await tx.sendOffsets([{ ...at, offset: 8 }], { groupId: "g" });
        },
        { signal },
      );
    return {
      call: work,
      next: async () => {
        // The outcome of a commit must be heard first.
        await producer.commit().catch((error: unknown) => assert.ok(failsWith("TRANSACTION_STATE")(error), String(error)));
        return work(undefined);
      },
    };
  },
  sendOffsets: async (stage) => {
    const producer = await begun(stage);
    return (signal) => producer.sendOffsets([{ ...at, offset: 8 }], { groupId: "g" }, { signal });
  },
  "commit of a transaction": async (stage) => {
    const producer = await begun(stage);
    await stage.world.settle(producer.send(record));
    // What was aborted is the wait, not the commit: the next call gives its outcome.
    return (signal) => producer.commit({ signal });
  },
  "commit of a transaction with records on the way": async (stage) => {
    const producer = await begun(stage);
    return {
      call: (signal?: AbortSignal) => {
        void producer.send(record).catch(() => {});
        return producer.commit({ signal });
      },
      next: () => producer.commit(),
    };
  },
  abort: async (stage) => {
    const producer = await begun(stage);
    await stage.world.settle(producer.send(record));
    return { call: (signal?: AbortSignal) => producer.abort({ signal }), next: () => producer.transaction((tx) => tx.send(record)) };
  },
};

const consuming: Readonly<Record<string, Prepare>> = {
  poll: ({ client }) => polling(assigned(client)),
  "poll without a committed offset": ({ client }) => polling(assigned(client, { groupId: undefined })),
  "poll of a member, classic": ({ client }) => polling(subscribed(client, { groupProtocol: "classic" })),
  "poll of a member, KIP-848": ({ client }) => polling(subscribed(client, { groupProtocol: "consumer" })),
  "poll of a member with a pattern": ({ client }) => {
    const consumer = client.consumer({ groupId: "g" });
    consumer.subscribe(/^t$/);
    return polling(consumer);
  },
  records: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.records({ signal }).next();
  },
  batches: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.batches({ signal }).next();
  },
  "records of a typed topic": ({ client }) => {
    const consumer = client.topic("t", { value: string() }).consumer({ groupId: "g" });
    return (signal) => consumer.records({ signal }).next();
  },
  position: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.position(at, { signal });
  },
  commit: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.commit([{ ...at, offset: 8 }], { signal });
  },
  "commit of a member": async ({ client, world }) => {
    const consumer = subscribed(client, { groupProtocol: "consumer" });
    await world.settle(consumer.poll(10_000));
    return (signal) => consumer.commit(undefined, { signal });
  },
  committed: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.committed([at], { signal });
  },
  offsetsForTimes: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.offsetsForTimes([{ ...at, timestamp: 1 }], { signal });
  },
  endOffsets: ({ client }) => {
    const consumer = assigned(client);
    return (signal) => consumer.endOffsets([at], { signal });
  },
};

const sharing: Readonly<Record<string, Prepare>> = {
  "poll of a share consumer": ({ client }) => {
    const consumer = client.shareConsumer({ groupId: "g", topics: ["t"] });
    return (signal) => consumer.poll(60_000, { signal });
  },
  "records of a share consumer": ({ client }) => {
    const consumer = client.shareConsumer({ groupId: "g", topics: ["t"] });
    return (signal) => consumer.records({ signal }).next();
  },
  "commit of a share consumer": async ({ client, world }) => {
    const consumer = client.shareConsumer({ groupId: "g", topics: ["t"], maxPollRecords: 1 });
    await world.settle(consumer.poll(60_000));
    return (signal) => consumer.commit({ signal });
  },
};

async function begun({ client, world }: Stage): Promise<ReturnType<Client["producer"]>> {
  const producer = client.producer({ transactionalId: "x" });
  await world.settle(producer.begin());
  return producer;
}

function assigned(client: Client, options: ConsumerOptions = {}): Consumer {
  const consumer = client.consumer({ groupId: "g", ...options });
  consumer.assign([at]);
  return consumer;
}

function subscribed(client: Client, options: ConsumerOptions): Consumer {
  const consumer = client.consumer({ groupId: "g", ...options });
  consumer.subscribe("t");
  return consumer;
}

function polling(consumer: Consumer): Call {
  return async (signal) => {
    const batches = await consumer.poll(60_000, { signal });
    assert.ok(batches.length > 0, "nothing came");
  };
}

async function start(isShared: boolean): Promise<Stage> {
  if (!isShared) return startObliging();
  const world = makeWorld();
  const share = await ShareBroker.start(world);
  share.produce(1000);
  return { world, broker: share.broker, client: createClient({ bootstrapServers: share.broker.bootstrap }, world) };
}

const failsWith = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code;
const wentHome = new Error("the user went home");
const isAborted = (error: unknown) => failsWith("ABORTED")(error) && (error as Error).cause === wentHome;

/** True: the call was done with so many answers. */
async function abortAfter(answers: number, prepare: Prepare, isShared: boolean): Promise<boolean> {
  const stage = await start(isShared);
  const { world, broker, client } = stage;
  const prepared = await prepare(stage);
  const { call, next } = typeof prepared === "function" ? { call: prepared, next: prepared } : prepared;
  broker.pauseAfter(answers);
  const caller = new AbortController();
  let isSettled = false;
  const pending = call(caller.signal);
  const note = () => void (isSettled = true);
  pending.then(note, note);
  await world.until("the call is done, or waits", () => isSettled || broker.heldCount > 0);
  const isDone = isSettled;
  if (isDone) await pending;
  else {
    const before = world.clock.monotonicMs();
    caller.abort(wentHome);
    await world.pass(0);
    assert.ok(isSettled, "it goes on");
    await assert.rejects(pending, isAborted);
    assert.equal(world.clock.monotonicMs(), before, "it took time");
    assert.equal(getEventListeners(caller.signal, "abort").length, 0);
  }
  broker.resume();
  if (!isDone) await world.settle(next(undefined));
  await world.settle(client.close());
  await world.pass(0);
  assert.equal(world.clock.pendingTimers, 0, "a timer is left");
  assert.equal(world.net.sockets.size, 0, "a connection is left");
  return isDone;
}

for (const [what, calls, isShared] of [
  ["producing", producing, false],
  ["in transactions", transactions, false],
  ["consuming", consuming, false],
  ["sharing", sharing, true],
] as const)
  describe(`a signal, ${what}`, () => {
    for (const [name, prepare] of Object.entries(calls))
      test(`ends ${name} at each request that is not answered, and the next call works`, async () => {
        for (let answers = 0; ; answers++) {
          const isDone = await abortAfter(answers, prepare, isShared).catch((error: unknown) => {
            throw new Error(`After ${answers} answers: ${(error as Error).message}`, { cause: error });
          });
          if (isDone) break;
          assert.ok(answers < REQUESTS_MAX, "it is never done");
        }
      });
  });

test("a poll after one that was aborted waits for the callback that that one began, and is given its records", async () => {
  const { world, client } = await startObliging();
  const assigned = Promise.withResolvers<void>();
  let isBegun = false;
  const consumer = client.consumer({ groupId: "g" });
  consumer.subscribe("t", {
    onAssigned: () => {
      isBegun = true;
      return assigned.promise;
    },
  });
  const caller = new AbortController();
  const first = consumer.poll(60_000, { signal: caller.signal });
  await world.until("the callback has begun", () => isBegun);
  caller.abort(wentHome);
  await assert.rejects(first, isAborted);
  const second = consumer.poll(60_000);
  await world.pass(100);
  assigned.resolve();
  assert.equal((await world.settle(second))[0]!.topic, "t");
  await world.settle(client.close());
});
