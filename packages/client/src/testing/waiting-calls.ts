// Every call of the client that waits for brokers, each with what makes it ready: for tests of what all of them have in common.
import assert from "node:assert/strict";
import type { ScriptedBroker } from "./scripted-broker.ts";
import { ShareBroker } from "./share-broker.ts";
import { startObliging } from "./obliging-broker.ts";
import { makeWorld, type SimulatedWorld } from "./simulated-world.ts";
import { ClientError } from "../client-error.ts";
import { type Client, createClient } from "../client.ts";
import type { Consumer, ConsumerOptions } from "../consumer/consumer-types.ts";
import { json, string } from "../topics/index.ts";

const at = { topic: "t", partition: 0 };
const record = { topic: "t", value: "v" };

/** A world with a broker that does what it is asked, and a client. */
export interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
}

/** A call that waits for brokers; its signal ends it. */
type Call = (signal: AbortSignal | undefined) => Promise<unknown>;
/** Makes everything ready, with every request answered, and gives the call; where the same call cannot follow itself, also what can. */
type Prepared = Call | { readonly call: Call; readonly next: Call };
export type Prepare = (stage: Stage) => Prepared | Promise<Prepared>;

export const producing: Readonly<Record<string, Prepare>> = {
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

export const transactions: Readonly<Record<string, Prepare>> = {
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
        await producer
          .commit()
          .catch((error: unknown) => assert.ok(error instanceof ClientError && error.code === "TRANSACTION_STATE", String(error)));
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

export const consuming: Readonly<Record<string, Prepare>> = {
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

export const sharing: Readonly<Record<string, Prepare>> = {
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

export async function start(isShared: boolean): Promise<Stage> {
  if (!isShared) return startObliging();
  const world = makeWorld();
  const share = await ShareBroker.start(world);
  share.produce(1000);
  return { world, broker: share.broker, client: createClient({ bootstrapServers: share.broker.bootstrap }, world) };
}
