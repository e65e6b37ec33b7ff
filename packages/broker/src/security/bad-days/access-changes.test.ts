// What somebody may do changes while they are in the middle of it: Kafka's codes, nothing half done, and the others go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AclOperation, AclPermissionType, ErrorCode, PatternType, ResourceType } from "@ottla/protocol";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeOffsetFetchRequest, makeOffsetFetchRequestTopic, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { produceApi } from "@ottla/protocol/apis/produce";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { produceRequest, sampleBatch } from "../../testing/sample-batches.ts";
import { subscription } from "../../groups/testing/group-scene.ts";
import { autoCreateTopics } from "../../topics/auto-create.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

type Operation = keyof typeof AclOperation;
type Resource = "TOPIC" | "GROUP" | "TRANSACTIONAL_ID";

const GROUP = "readers";
/** Of the member that is put out. */
const SHORT_SESSION_MS = 20_000;

/** A broker whose users may do what is granted, and topics "t" and "u". */
class Scene implements AsyncDisposable {
  readonly guarded: GuardedBroker;

  private constructor(guarded: GuardedBroker) {
    this.guarded = guarded;
  }

  static async start(): Promise<Scene> {
    const guarded = await GuardedBroker.start({
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "group.initial.rebalance.delay.ms": "0",
      "group.min.session.timeout.ms": "100",
      "offsets.topic.num.partitions": "1",
      "transaction.state.log.num.partitions": "1",
      "transaction.abort.timed.out.transaction.cleanup.interval.ms": "20",
    });
    await autoCreateTopics(guarded.broker.running.state, ["t", "u", "__consumer_offsets", "__transaction_state"]);
    return new Scene(guarded);
  }

  async client(user: string): Promise<SecureClient> {
    const client = await SecureClient.open(this.guarded.broker);
    const welcome = await client.logIn("PLAIN", `\0${user}\0${PASSWORDS[user]!}`);
    assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
    return client;
  }

  grant(user: string, operation: Operation, resource: Resource, name: string): Promise<void> {
    return this.#change("acl", user, operation, resource, name);
  }

  revoke(user: string, operation: Operation, resource: Resource, name: string): Promise<void> {
    return this.#change("acl-removed", user, operation, resource, name);
  }

  #change(kind: "acl" | "acl-removed", user: string, operation: Operation, resource: Resource, name: string): Promise<void> {
    const acl = {
      resourceType: ResourceType[resource],
      resourceName: name,
      patternType: PatternType.LITERAL,
      principal: `User:${user}`,
      host: "*",
      operation: AclOperation[operation],
      permissionType: AclPermissionType.ALLOW,
    };
    return this.guarded.broker.running.state.controller.change(() => [{ kind, acl }]);
  }

  /** What partition 0 holds, and how much of it readers of committed records see. */
  offsets(topic: string) {
    const { log } = this.guarded.broker.running.state.partitions.get(topic, 0)!;
    return { end: log.logEndOffset, stable: log.lastStableOffset };
  }

  /** Fetches that wait at partition 0. */
  watchers(topic: string): number {
    return this.guarded.broker.running.state.partitions.get(topic, 0)!.watcherCount;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.guarded[Symbol.asyncDispose]();
  }
}

async function ask<Answer>(answer: Promise<Answer | "closed">): Promise<Answer> {
  const came = await answer;
  assert.ok(came !== "closed");
  return came;
}

function join(client: SecureClient, memberId: string, sessionTimeoutMs = 60_000) {
  return ask(
    client.send(
      joinGroupApi,
      9,
      makeJoinGroupRequest({
        groupId: GROUP,
        memberId,
        sessionTimeoutMs,
        rebalanceTimeoutMs: 60_000,
        protocolType: "consumer",
        protocols: [makeJoinGroupRequestProtocol({ name: "range", metadata: subscription(["t"]) })],
      }),
    ),
  );
}

const heartbeat = (client: SecureClient, memberId: string, generationId: number) =>
  ask(client.send(heartbeatApi, 4, makeHeartbeatRequest({ groupId: GROUP, memberId, generationId })));

async function commit(client: SecureClient, memberId: string, generationId: number, offsets: Readonly<Record<string, number>>) {
  const topics = Object.entries(offsets).map(([name, committedOffset]) =>
    makeOffsetCommitRequestTopic({ name, partitions: [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset })] }),
  );
  const request = makeOffsetCommitRequest({ groupId: GROUP, memberId, generationIdOrMemberEpoch: generationId, topics });
  const answer = await ask(client.send(offsetCommitApi, 8, request));
  return Object.fromEntries(answer.topics.map(({ name, partitions }) => [name, partitions[0]!.errorCode]));
}

/** As somebody who may read the group sees them; −1 where there is none. */
async function committed(client: SecureClient): Promise<Record<string, number>> {
  const topics = ["t", "u"].map((name) => makeOffsetFetchRequestTopic({ name, partitionIndexes: [0] }));
  const answer = await ask(client.send(offsetFetchApi, 7, makeOffsetFetchRequest({ groupId: GROUP, topics })));
  return Object.fromEntries(answer.topics.map(({ name, partitions }) => [name, partitions[0]!.committedOffset]));
}

test("a member that loses the group in a rebalance hears so, is put out, and the others go on without it", async () => {
  await using scene = await Scene.start();
  for (const user of ["alice", "bob"]) {
    await scene.grant(user, "READ", "GROUP", GROUP);
    for (const topic of ["t", "u"]) await scene.grant(user, "READ", "TOPIC", topic);
  }
  using alice = await scene.client("alice");
  using bob = await scene.client("bob");
  const hers = (await join(alice, "", SHORT_SESSION_MS)).memberId;
  const { generationId } = await join(alice, hers, SHORT_SESSION_MS);
  const assignments = [makeSyncGroupRequestAssignment({ memberId: hers, assignment: Buffer.from("all") })];
  const named = { groupId: GROUP, protocolType: "consumer", protocolName: "range" };
  await ask(alice.send(syncGroupApi, 5, makeSyncGroupRequest({ ...named, memberId: hers, generationId, assignments })));
  assert.deepEqual(await commit(alice, hers, generationId, { t: 1 }), { t: ErrorCode.NONE });
  const his = (await join(bob, "")).memberId;
  const joining = join(bob, his);
  while ((await heartbeat(alice, hers, generationId)).errorCode !== ErrorCode.REBALANCE_IN_PROGRESS);
  await scene.revoke("alice", "READ", "GROUP", GROUP);
  // Whatever she asks does not keep her in.
  for (const { errorCode } of [await heartbeat(alice, hers, generationId), await join(alice, hers)])
    assert.equal(errorCode, ErrorCode.GROUP_AUTHORIZATION_FAILED);
  assert.deepEqual(await commit(alice, hers, generationId, { t: 7 }), { t: ErrorCode.GROUP_AUTHORIZATION_FAILED });
  scene.guarded.clock.advance(SHORT_SESSION_MS);
  const joined = await joining;
  assert.deepEqual([joined.errorCode, joined.leader, joined.members.length], [ErrorCode.NONE, his, 1]);
  assert.deepEqual(await committed(bob), { t: 1, u: -1 });
  // Allowed again she is who she is not any more, and may come anew.
  await scene.grant("alice", "READ", "GROUP", GROUP);
  assert.equal((await heartbeat(alice, hers, joined.generationId)).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await join(alice, "")).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
});

test("a member that loses one of its topics reads and commits the other ones, and stays in the group", async () => {
  await using scene = await Scene.start();
  await scene.grant("alice", "READ", "GROUP", GROUP);
  for (const topic of ["t", "u"]) await scene.grant("alice", "READ", "TOPIC", topic);
  using alice = await scene.client("alice");
  const memberId = (await join(alice, "")).memberId;
  const { generationId } = await join(alice, memberId);
  const assignments = [makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.from("all") })];
  const sync = makeSyncGroupRequest({
    groupId: GROUP,
    memberId,
    generationId,
    assignments,
    protocolType: "consumer",
    protocolName: "range",
  });
  await ask(alice.send(syncGroupApi, 5, sync));
  assert.deepEqual(await commit(alice, memberId, generationId, { t: 1, u: 1 }), { t: ErrorCode.NONE, u: ErrorCode.NONE });
  // A fetch that waits looks again before it answers; Kafka would give what it was allowed when it came.
  const waiting = fetchBoth(alice, 20_000);
  while (scene.watchers("u") === 0) await new Promise(setImmediate);
  await scene.revoke("alice", "READ", "TOPIC", "u");
  scene.guarded.clock.advance(20_000);
  assert.deepEqual(await waiting, { t: ErrorCode.NONE, u: ErrorCode.TOPIC_AUTHORIZATION_FAILED });
  assert.deepEqual(await fetchBoth(alice, 0), { t: ErrorCode.NONE, u: ErrorCode.TOPIC_AUTHORIZATION_FAILED });
  assert.deepEqual(await commit(alice, memberId, generationId, { t: 2, u: 2 }), {
    t: ErrorCode.NONE,
    u: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  });
  assert.equal((await heartbeat(alice, memberId, generationId)).errorCode, ErrorCode.NONE);
  await scene.grant("alice", "READ", "TOPIC", "u");
  assert.deepEqual(await committed(alice), { t: 2, u: 1 });
});

async function fetchBoth(client: SecureClient, maxWaitMs: number): Promise<Record<string, number>> {
  const topics = ["t", "u"].map((topic) =>
    makeFetchTopic({ topic, partitions: [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })] }),
  );
  const request = makeFetchRequest({ maxWaitMs, minBytes: 1, maxBytes: 10_000, sessionEpoch: -1, topics });
  const answer = await ask(client.send(fetchApi, 12, request));
  return Object.fromEntries(answer.responses.map(({ topic, partitions }) => [topic, partitions[0]!.errorCode]));
}

test("a fetch session tells of a topic that its client may not read any more, and of one that it may again, unasked", async () => {
  await using scene = await Scene.start();
  for (const topic of ["t", "u"]) await scene.grant("alice", "READ", "TOPIC", topic);
  using alice = await scene.client("alice");
  const opened = await fetchInSession(alice, 0, 0, ["t", "u"]);
  assert.deepEqual(opened.told, { t: ErrorCode.NONE, u: ErrorCode.NONE });
  let epoch = 1;
  const go = async () => (await fetchInSession(alice, opened.sessionId, epoch++, [])).told;
  assert.deepEqual(await go(), {}, "nothing is new");
  await scene.revoke("alice", "READ", "TOPIC", "u");
  assert.deepEqual(await go(), { u: ErrorCode.TOPIC_AUTHORIZATION_FAILED });
  assert.deepEqual(await go(), { u: ErrorCode.TOPIC_AUTHORIZATION_FAILED }, "for as long as it is so");
  await scene.grant("alice", "READ", "TOPIC", "u");
  assert.deepEqual(await go(), { u: ErrorCode.NONE });
  assert.deepEqual(await go(), {});
});

async function fetchInSession(client: SecureClient, sessionId: number, sessionEpoch: number, named: readonly string[]) {
  const topics = named.map((topic) =>
    makeFetchTopic({ topic, partitions: [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })] }),
  );
  const request = makeFetchRequest({ maxWaitMs: 0, minBytes: 1, maxBytes: 10_000, sessionId, sessionEpoch, topics });
  const answer = await ask(client.send(fetchApi, 12, request));
  assert.equal(answer.errorCode, ErrorCode.NONE);
  const told = Object.fromEntries(answer.responses.map(({ topic, partitions }) => [topic, partitions[0]!.errorCode]));
  return { sessionId: answer.sessionId, told };
}

/** A transaction that was begun on both topics, with a record in "t". */
class Transaction {
  readonly #client: SecureClient;
  readonly #id: string;
  readonly #producerId: number;
  readonly #producerEpoch: number;
  #sequence = 0;

  private constructor(client: SecureClient, id: string, producerId: number, producerEpoch: number) {
    this.#client = client;
    this.#id = id;
    this.#producerId = producerId;
    this.#producerEpoch = producerEpoch;
  }

  static async begin(client: SecureClient, id: string, transactionTimeoutMs = 60_000): Promise<Transaction> {
    const request = makeInitProducerIdRequest({ transactionalId: id, transactionTimeoutMs });
    const { errorCode, producerId, producerEpoch } = await ask(client.send(initProducerIdApi, 5, request));
    assert.equal(errorCode, ErrorCode.NONE);
    const transaction = new Transaction(client, id, producerId, producerEpoch);
    assert.deepEqual(await transaction.add(["t", "u"]), { t: ErrorCode.NONE, u: ErrorCode.NONE });
    assert.equal(await transaction.produce("t"), ErrorCode.NONE);
    return transaction;
  }

  async add(names: readonly string[]): Promise<Record<string, number>> {
    const request = makeAddPartitionsToTxnRequest({
      v3AndBelowTransactionalId: this.#id,
      v3AndBelowProducerId: this.#producerId,
      v3AndBelowProducerEpoch: this.#producerEpoch,
      v3AndBelowTopics: names.map((name) => makeAddPartitionsToTxnTopic({ name, partitions: [0] })),
    });
    const answer = await ask(this.#client.send(addPartitionsToTxnApi, 3, request));
    return Object.fromEntries(
      answer.resultsByTopicV3AndBelow.map(({ name, resultsByPartition }) => [name, resultsByPartition[0]!.partitionErrorCode]),
    );
  }

  async produce(topic: string): Promise<number> {
    const producer = { id: this.#producerId, epoch: this.#producerEpoch, sequence: this.#sequence };
    const records = sampleBatch(["x"], { producer, isTransactional: true });
    const request = produceRequest(topic, 0, records, { transactionalId: this.#id });
    const { errorCode } = (await ask(this.#client.send(produceApi, 9, request))).responses[0]!.partitionResponses[0]!;
    if (errorCode === ErrorCode.NONE) this.#sequence++;
    return errorCode;
  }

  async end(committed: boolean): Promise<number> {
    const named = { transactionalId: this.#id, producerId: this.#producerId, producerEpoch: this.#producerEpoch };
    return (await ask(this.#client.send(endTxnApi, 4, makeEndTxnRequest({ ...named, committed })))).errorCode;
  }
}

async function allowTransactions(scene: Scene, user: string, id: string): Promise<void> {
  await scene.grant(user, "WRITE", "TRANSACTIONAL_ID", id);
  for (const topic of ["t", "u"]) await scene.grant(user, "WRITE", "TOPIC", topic);
}

test("a producer that loses a topic in a transaction writes nothing more there, and its commit still writes every marker", async () => {
  await using scene = await Scene.start();
  await allowTransactions(scene, "alice", "hers");
  using alice = await scene.client("alice");
  const transaction = await Transaction.begin(alice, "hers");
  await scene.revoke("alice", "WRITE", "TOPIC", "t");
  assert.equal(await transaction.produce("t"), ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  assert.deepEqual(scene.offsets("t"), { end: 1, stable: 0 });
  assert.deepEqual(await transaction.add(["t", "u"]), {
    t: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    u: ErrorCode.OPERATION_NOT_ATTEMPTED,
  });
  assert.equal(await transaction.end(true), ErrorCode.NONE);
  while (scene.offsets("t").stable < 2 || scene.offsets("u").stable < 1) await new Promise(setImmediate);
  assert.deepEqual(
    [scene.offsets("t"), scene.offsets("u")],
    [
      { end: 2, stable: 2 },
      { end: 1, stable: 1 },
    ],
  );
});

test("a producer that loses its transactional id can neither write nor end; its transaction is given up in its time, and others go on", async () => {
  await using scene = await Scene.start();
  await allowTransactions(scene, "alice", "hers");
  await allowTransactions(scene, "bob", "his");
  using alice = await scene.client("alice");
  using bob = await scene.client("bob");
  const hers = await Transaction.begin(alice, "hers", 20_000);
  await scene.revoke("alice", "WRITE", "TRANSACTIONAL_ID", "hers");
  assert.equal(await hers.produce("t"), ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  assert.equal(await hers.end(true), ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  assert.deepEqual(scene.offsets("t"), { end: 1, stable: 0 });
  const his = await Transaction.begin(bob, "his");
  assert.equal(await his.end(true), ErrorCode.NONE);
  scene.guarded.clock.advance(20_100);
  // One record and one marker of each.
  while (scene.offsets("t").stable < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(scene.offsets("t"), { end: 4, stable: 4 });
  const stateOfHers = () => {
    const given = scene.guarded.broker.running.state.transactions.transaction("hers", 1);
    return typeof given === "object" ? given.state : given;
  };
  // Its markers are there before that is noted.
  while (stateOfHers() === "PrepareAbort") await new Promise(setImmediate);
  assert.equal(stateOfHers(), "CompleteAbort");
});
