import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { makeMetadataResponse, metadataApi } from "@ottla/protocol/apis/metadata";
import { fetchApi } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { Admin } from "./admin/admin-types.ts";
import { ClientError, type ClientErrorCode } from "./client-error.ts";
import { type Client, createClient } from "./client.ts";
import { HOST, ScriptedBroker, SILENCE } from "./testing/scripted-broker.ts";
import { makeWorld } from "./testing/simulated-world.ts";

const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;
const at = { topic: "t", partition: 0 };
const config = { type: "topic", name: "t" } as const;

/** Every admin call, with arguments that make sense. */
const adminCalls: Readonly<
  Record<Exclude<keyof Admin, "close" | typeof Symbol.asyncDispose>, (admin: Admin, signal: AbortSignal) => Promise<unknown>>
> = {
  describeUserScramCredentials: (admin, signal) => admin.describeUserScramCredentials(["u"], { signal }),
  alterUserScramCredentials: (admin, signal) =>
    admin.alterUserScramCredentials([{ user: "u", mechanism: "SCRAM-SHA-256", remove: true }], { signal }),
  createDelegationToken: (admin, signal) => admin.createDelegationToken({ signal }),
  describeDelegationToken: (admin, signal) => admin.describeDelegationToken({ signal }),
  renewDelegationToken: (admin, signal) => admin.renewDelegationToken("YWJj", { signal }),
  expireDelegationToken: (admin, signal) => admin.expireDelegationToken("YWJj", { signal }),
  describeCluster: (admin, signal) => admin.describeCluster({ signal }),
  apiVersions: (admin, signal) => admin.apiVersions({ signal }),
  describeQuorum: (admin, signal) => admin.describeQuorum({ signal }),
  addRaftVoter: (admin, signal) => admin.addRaftVoter({ nodeId: 3, directoryId: "2n0yXvOSQmmqsLdlrnDGWg" }, [], { signal }),
  removeRaftVoter: (admin, signal) => admin.removeRaftVoter({ nodeId: 3, directoryId: "2n0yXvOSQmmqsLdlrnDGWg" }, { signal }),
  unregisterBroker: (admin, signal) => admin.unregisterBroker(3, { signal }),
  unregisterController: (admin, signal) => admin.unregisterController(3, { signal }),
  createTopics: (admin, signal) => admin.createTopics([{ name: "t" }], { signal }),
  deleteTopics: (admin, signal) => admin.deleteTopics(["t"], { signal }),
  listTopics: (admin, signal) => admin.listTopics({ signal }),
  describeTopics: (admin, signal) => admin.describeTopics(["t"], { signal }),
  createPartitions: (admin, signal) => admin.createPartitions([{ topic: "t", partitionCount: 2 }], { signal }),
  deleteRecords: (admin, signal) => admin.deleteRecords([{ ...at, beforeOffset: 1 }], { signal }),
  electLeaders: (admin, signal) => admin.electLeaders("preferred", [at], { signal }),
  alterPartitionReassignments: (admin, signal) => admin.alterPartitionReassignments([{ ...at, replicas: [1] }], { signal }),
  listPartitionReassignments: (admin, signal) => admin.listPartitionReassignments([at], { signal }),
  listConfigResources: (admin, signal) => admin.listConfigResources(["topic"], { signal }),
  describeClientQuotas: (admin, signal) => admin.describeClientQuotas({}, { signal }),
  alterClientQuotas: (admin, signal) =>
    admin.alterClientQuotas([{ entity: { user: "u" }, changes: [{ op: "delete", name: "q" }] }], { signal }),
  createAcls: (admin, signal) =>
    admin.createAcls([{ resourceType: "topic", resourceName: "t", principal: "User:a", operation: "read" }], { signal }),
  describeAcls: (admin, signal) => admin.describeAcls({ resourceType: "topic" }, { signal }),
  deleteAcls: (admin, signal) => admin.deleteAcls([{ principal: "User:a" }], { signal }),
  describeFeatures: (admin, signal) => admin.describeFeatures({ signal }),
  updateFeatures: (admin, signal) => admin.updateFeatures([{ name: "f", level: 1 }], { signal }),
  describeShareGroups: (admin, signal) => admin.describeShareGroups(["g"], { signal }),
  describeStreamsGroups: (admin, signal) => admin.describeStreamsGroups(["g"], { signal }),
  listOffsetsOfGroups: (admin, signal) => admin.listOffsetsOfGroups(["g"], { signal }),
  listShareGroupOffsets: (admin, signal) => admin.listShareGroupOffsets("g", [at], { signal }),
  alterShareGroupOffsets: (admin, signal) => admin.alterShareGroupOffsets("g", [{ ...at, offset: 1 }], { signal }),
  deleteShareGroupOffsets: (admin, signal) => admin.deleteShareGroupOffsets("g", ["t"], { signal }),
  describeReplicaLogDirs: (admin, signal) => admin.describeReplicaLogDirs([{ ...at, nodeId: 1 }], { signal }),
  alterReplicaLogDirs: (admin, signal) => admin.alterReplicaLogDirs([{ ...at, nodeId: 1, path: "/d" }], { signal }),
  describeConfigs: (admin, signal) => admin.describeConfigs([config], { signal }),
  alterConfigs: (admin, signal) => admin.alterConfigs([{ ...config, changes: [{ op: "delete", name: "x" }] }], { signal }),
  listGroups: (admin, signal) => admin.listGroups({ signal }),
  describeGroups: (admin, signal) => admin.describeGroups(["g"], { signal }),
  deleteGroups: (admin, signal) => admin.deleteGroups(["g"], { signal }),
  removeGroupMembers: (admin, signal) => admin.removeGroupMembers("g", undefined, { signal }),
  listGroupOffsets: (admin, signal) => admin.listGroupOffsets("g", [at], { signal }),
  alterGroupOffsets: (admin, signal) => admin.alterGroupOffsets("g", [{ ...at, offset: 1 }], { signal }),
  deleteGroupOffsets: (admin, signal) => admin.deleteGroupOffsets("g", [at], { signal }),
  listOffsets: (admin, signal) => admin.listOffsets([{ ...at, spec: "latest" }], { signal }),
  listTransactions: (admin, signal) => admin.listTransactions({ signal }),
  describeTransactions: (admin, signal) => admin.describeTransactions(["x"], { signal }),
  describeProducers: (admin, signal) => admin.describeProducers([at], { signal }),
  abortTransaction: (admin, signal) => admin.abortTransaction({ ...at, producerId: 1, producerEpoch: 0 }, { signal }),
  fenceProducers: (admin, signal) => admin.fenceProducers(["x"], { signal }),
  describeLogDirs: (admin, signal) => admin.describeLogDirs([1], { signal }),
};

/** Every other call that waits for a broker. */
const otherCalls: Readonly<Record<string, (client: Client, signal: AbortSignal) => Promise<unknown>>> = {
  send: (client, signal) => client.producer().send({ topic: "t", value: "v" }, { signal }),
  "send of a list": (client, signal) => client.producer().send([{ topic: "t", value: "v" }], { signal }),
  sendBatch: (client, signal) => client.producer().sendBatch([{ topic: "t", value: "v" }], { signal }),
  flush: (client, signal) => {
    const producer = client.producer();
    void producer.enqueue({ topic: "t", value: "v" }, () => {});
    return producer.flush({ signal });
  },
  poll: (client, signal) => assigned(client).poll(60_000, { signal }),
  records: (client, signal) => assigned(client).records({ signal }).next(),
  batches: (client, signal) => assigned(client).batches({ signal }).next(),
  commit: (client, signal) => assigned(client).commit([{ ...at, offset: 1 }], { signal }),
  position: (client, signal) => assigned(client).position(at, { signal }),
  committed: (client, signal) => assigned(client).committed([at], { signal }),
  offsetsForTimes: (client, signal) => assigned(client).offsetsForTimes([{ ...at, timestamp: 1 }], { signal }),
  beginningOffsets: (client, signal) => assigned(client).beginningOffsets([at], { signal }),
  endOffsets: (client, signal) => assigned(client).endOffsets([at], { signal }),
};

function assigned(client: Client): ReturnType<Client["consumer"]> {
  const consumer = client.consumer({ groupId: "g" });
  consumer.assign([at]);
  return consumer;
}

type Call = (client: Client, signal: AbortSignal) => Promise<unknown>;
const calls: readonly (readonly [string, Call])[] = [
  ...Object.entries(adminCalls).map(([name, call]): [string, Call] => [`admin.${name}`, (client, signal) => call(client.admin(), signal)]),
  ...Object.entries(otherCalls),
];

/** How a broker can say nothing. */
const silences: Readonly<Record<string, (world: ReturnType<typeof makeWorld>, broker: ScriptedBroker) => void>> = {
  "takes no connection": ({ net }) => void (net.isSilent = true),
  "answers no request": (_, broker) => broker.silence(),
  "answers for its versions alone": (_, broker) => broker.on(metadataApi, () => SILENCE),
  "answers for its topics and nothing else": () => {},
  "answers for its topics and coordinators and nothing else": (_, broker) =>
    broker.on(findCoordinatorApi, ({ coordinatorKeys }) =>
      makeFindCoordinatorResponse({
        coordinators: coordinatorKeys.map((key) => makeCoordinator({ key, nodeId: 1, host: HOST, port: broker.port })),
      }),
    ),
};

async function start(silence: (typeof silences)[string]) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: [1] }));
  broker.muteTheRest();
  silence(world, broker);
  return { world, broker };
}

/** Metadata alone is enough for a few calls. */
async function isSettledWithin(world: ReturnType<typeof makeWorld>, pending: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const note = () => void (isSettled = true);
  pending.then(note, note);
  await world.pass(200);
  return isSettled;
}

describe("a signal", () => {
  for (const [silence, silent] of Object.entries(silences)) {
    test(`ends every call at once although the broker ${silence}`, async () => {
      for (const [name, call] of calls) {
        const { world, broker } = await start(silent);
        const client = createClient({ bootstrapServers: broker.bootstrap }, world);
        const caller = new AbortController();
        const pending = call(client, caller.signal);
        if (await isSettledWithin(world, pending)) continue;
        const before = world.clock.monotonicMs();
        caller.abort(new Error("the user went home"));
        await assert.rejects(
          pending,
          (error: unknown) => failsWith("ABORTED")(error) && ((error as Error).cause as Error).message === "the user went home",
          name,
        );
        assert.equal(world.clock.monotonicMs(), before, `${name} took time`);
        await client.close({ timeoutMs: 0 });
      }
    });

    test(`of the client ends all calls and leaves no timer and no connection although the broker ${silence}`, async () => {
      for (const [name, call] of calls) {
        const { world, broker } = await start(silent);
        const owner = new AbortController();
        const client = createClient({ bootstrapServers: broker.bootstrap, signal: owner.signal }, world);
        const pending = call(client, new AbortController().signal);
        const isSettled = await isSettledWithin(world, pending);
        owner.abort();
        if (!isSettled) await assert.rejects(pending, failsWith("ABORTED"), name);
        await world.pass(0);
        assert.equal(world.clock.pendingTimers, 0, `${name} left a timer`);
        assert.equal(world.net.sockets.size, 0, `${name} left a connection`);
        assert.throws(() => client.admin(), failsWith("ABORTED"));
        await client.close();
      }
    });
  }

  test("that came before the call keeps it from asking anybody", async () => {
    const { world, broker } = await start(() => {});
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    for (const [name, call] of calls) await assert.rejects(call(client, AbortSignal.abort()), failsWith("ABORTED"), name);
    assert.deepEqual(broker.requestsOf(produceApi), []);
    await client.close({ timeoutMs: 0 });
  });

  test("that a hundred calls share is listened to once, so that a long-lived one collects nothing", async () => {
    const { world, broker } = await start(() => {});
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const caller = new AbortController();
    const pending = Array.from({ length: 100 }, () => client.admin().describeQuorum({ signal: caller.signal }));
    assert.equal(getEventListeners(caller.signal, "abort").length, 1);
    caller.abort();
    await Promise.allSettled(pending);
    await client.close({ timeoutMs: 0 });
  });
});

describe("a client", () => {
  test("whose close is given no time lets go of everything; closing again is fine", async () => {
    const { world, broker } = await start(() => {});
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const consumer = client.consumer({ groupId: "g" });
    consumer.subscribe("t");
    const polling = consumer.poll(60_000);
    const sending = client.producer().send({ topic: "t", value: "v" });
    for (const each of [polling, sending]) each.catch(() => {});
    await world.pass(200);
    const slow = client.close();
    await Promise.all([slow, client.close({ timeoutMs: 0 }), client[Symbol.asyncDispose]()]);
    await assert.rejects(polling, failsWith("CLIENT_CLOSED"));
    await assert.rejects(sending, failsWith("CLIENT_CLOSED"));
    await world.pass(0);
    assert.equal(world.clock.pendingTimers, 0);
    assert.equal(world.net.sockets.size, 0);
  });

  test("refuses a close with no time to give, and stays open", async () => {
    const { world, broker } = await start(() => {});
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    for (const wrong of [null, 5, "now", { timeoutMs: Number.NaN }, { timeoutMs: -1 }, { timeoutMs: "5" }, { timeout: 5 }])
      await assert.rejects(client.close(wrong as { timeoutMs?: number }), failsWith("INVALID_ARGUMENT"), JSON.stringify(wrong));
    assert.ok(client.producer());
    await client.close();
  });

  test("whose admin or consumer is closed answers none of its calls: nothing is said to be done that was not", async () => {
    const { world, broker } = await start(() => {});
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const { signal } = new AbortController();
    const admin = client.admin();
    await admin.close();
    const closedAdmin = { code: "CLIENT_CLOSED", message: "The admin was closed." };
    for (const [name, call] of Object.entries(adminCalls)) await assert.rejects(call(admin, signal), closedAdmin, name);
    const consumer = assigned(client);
    await consumer.close({ timeoutMs: 0 });
    const closedConsumer = { code: "CLIENT_CLOSED", message: "The consumer was closed." };
    await assert.rejects(consumer.commit(), closedConsumer);
    await assert.rejects(consumer.commit([{ ...at, offset: 1 }]), closedConsumer);
    assert.deepEqual(await new Promise((told) => consumer.commitAsync(undefined, (error) => told(error?.message))), closedConsumer.message);
    await assert.rejects(consumer.committed([at]), closedConsumer);
    await assert.rejects(consumer.poll(1), closedConsumer);
    assert.throws(() => consumer.seekToBeginning(), closedConsumer);
    assert.throws(() => consumer.seekToEnd(), closedConsumer);
    assert.throws(() => consumer.enforceRebalance(), closedConsumer);
    await client.close();
  });

  test("a call that was not sent when it was ended is never sent", async () => {
    const { world, broker } = await start(() => {});
    let answer: ((response: ReturnType<typeof makeMetadataResponse>) => void) | undefined;
    broker.on(metadataApi, () => new Promise((resolve) => (answer = resolve)));
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const caller = new AbortController();
    const deleting = client.admin().deleteTopics(["t"], { signal: caller.signal });
    deleting.catch(() => {});
    await world.until("the broker is asked where it is", () => answer !== undefined);
    caller.abort();
    answer!(makeMetadataResponse({ clusterId: "scripted", controllerId: -1 }));
    await assert.rejects(deleting, failsWith("ABORTED"));
    await world.pass(1000);
    assert.deepEqual(
      broker.seen.filter(({ key }) => key !== metadataApi.key && key !== 18),
      [],
    );
    assert.equal(broker.requestsOf(fetchApi).length, 0);
    await client.close();
  });

  test("peers' defect, a runtime that is too old is met in the middle of a call: it is refused by createClient", () => {
    const own = Promise.withResolvers;
    try {
      Promise.withResolvers = undefined as never;
      assert.throws(() => createClient({ bootstrapServers: "h:1" }), { code: "UNSUPPORTED", message: /needs Node 22\.15 or newer/ });
    } finally {
      Promise.withResolvers = own;
    }
  });

  test("a logger that throws ends neither a call nor the process", async () => {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }));
    let lines = 0;
    const fail = (): never => {
      lines++;
      throw new Error("the disk of the log is full");
    };
    const client = createClient(
      { bootstrapServers: broker.bootstrap },
      { ...world, logger: { error: fail, warn: fail, info: fail, debug: fail } },
    );
    assert.equal((await world.settle(client.admin().listTopics())).length, 1);
    await broker.goAway(world.net);
    await world.pass(1000);
    await world.settle(client.close());
    assert.ok(lines > 3, `${lines} lines`);
  });
});
