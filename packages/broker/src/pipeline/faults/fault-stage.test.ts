import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeResponse, encodeRequest, ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { createTopic, fetch, produce, valuesOf } from "../../testing/data-path.ts";
import { settled } from "../../testing/quiet-broker.ts";
import { RawConnection } from "../../testing/raw-connection.ts";
import { produceRequest, sampleBatch } from "../../testing/sample-batches.ts";
import { TestBroker } from "../../testing/test-broker.ts";
import type { SeenRequest } from "./fault-spec.ts";
import { FaultTable } from "./fault-table.ts";

/** A broker with topics `a` and `b`, of two partitions each, and its faults. */
async function scene(): Promise<{ broker: TestBroker; faults: FaultTable; idOf: Record<string, string> } & AsyncDisposable> {
  const faults = new FaultTable();
  const broker = await TestBroker.start({ faults });
  const idOf: Record<string, string> = {};
  for (const topic of ["a", "b"]) idOf[topic] = await createTopic(broker, topic, {}, { numPartitions: 2 });
  return { broker, faults, idOf, [Symbol.asyncDispose]: () => broker.stop() };
}

async function storedIn(broker: TestBroker, topic: string): Promise<unknown[]> {
  const { responses } = await fetch(broker, [{ topic, offset: 0 }]);
  return valuesOf(responses[0]!.partitions[0]!.records);
}

function fetchSession(broker: TestBroker, topicId: string, session: { sessionId?: number; sessionEpoch: number }, asked = true) {
  return fetch(broker, asked ? [{ topic: "", topicId, offset: 0 }] : [], { version: 13, maxWaitMs: 60_000, minBytes: 1000, ...session });
}

describe("an error", () => {
  test("stands at the topic that was named, by name or by id, and the others of the request are handled", async () => {
    await using it = await scene();
    const { broker, faults, idOf } = it;
    for (const version of [12, 13]) {
      const fault = faults.arm({ api: "Produce", topic: "a", reply: "NOT_LEADER_OR_FOLLOWER" });
      const topicData = ["a", "b"].map((name) =>
        makeTopicProduceData({
          name,
          topicId: idOf[name]!,
          partitionData: [makePartitionProduceData({ index: 0, records: sampleBatch([`${name}${version}`]) })],
        }),
      );
      const request = makeProduceRequest({ acks: -1, timeoutMs: 5000, topicData });
      const { responses } = await broker.send(produceApi, version, request);
      const errors = new Map(responses.map((topic) => [topic.name || topic.topicId, topic.partitionResponses[0]!.errorCode]));
      const named = (name: string) => errors.get(version < 13 ? name : idOf[name]!);
      assert.deepEqual([named("a"), named("b"), fault.count], [ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NONE, 1]);
    }
    assert.deepEqual([await storedIn(broker, "a"), await storedIn(broker, "b")], [[], ["b12", "b13"]]);
  });

  test("comes as often as it was asked for, after as many as go through, or one after the other from a list", async () => {
    await using it = await scene();
    const codes = async (count: number) => {
      const seen: number[] = [];
      for (let i = 0; i < count; i++) seen.push((await produce(it.broker, "a", sampleBatch(["v"]))).errorCode);
      return seen;
    };
    const twice = it.faults.arm({ api: "Produce", reply: "REQUEST_TIMED_OUT", after: 1, times: 2 });
    assert.deepEqual(await codes(4), [0, 7, 7, 0]);
    assert.deepEqual([twice.count, twice.isSpent, it.faults.isArmed], [2, true, true]);
    it.faults.clear();
    it.faults.arm({ api: "Produce", reply: ["NOT_LEADER_OR_FOLLOWER", "NONE", 56] });
    assert.deepEqual(await codes(4), [6, 0, 56, 0]);
    it.faults.clear();
    const always = it.faults.arm({ reply: "REQUEST_TIMED_OUT", topic: "a", times: "always" });
    assert.deepEqual([await codes(2), (await produce(it.broker, "b", sampleBatch(["v"]))).errorCode], [[7, 7], 0]);
    always.remove();
    assert.deepEqual([await codes(1), it.faults.isArmed], [[0], false]);
  });

  test("meets a request at its node, client, group, partition and by `when`, and no other", async () => {
    await using it = await scene();
    const { broker, faults } = it;
    const beat = async (groupId: string) =>
      (await broker.send(heartbeatApi, 4, makeHeartbeatRequest({ groupId, memberId: "m" }))).errorCode;
    faults.arm({ group: "g", reply: "REBALANCE_IN_PROGRESS" });
    const atOther = faults.arm({ node: 2, reply: "NOT_COORDINATOR", times: "always" });
    const ofOther = faults.arm({ clientId: "other", reply: "NOT_COORDINATOR", times: "always" });
    assert.notEqual(await beat("h"), ErrorCode.REBALANCE_IN_PROGRESS);
    assert.equal(await beat("g"), ErrorCode.REBALANCE_IN_PROGRESS);
    const partition1 = faults.arm({ partition: 1, reply: "NOT_LEADER_OR_FOLLOWER", times: "always" });
    assert.deepEqual(
      [
        (await produce(broker, "a", sampleBatch(["v"]))).errorCode,
        (await produce(broker, "a", sampleBatch(["v"]), { index: 1 })).errorCode,
      ],
      [0, 6],
    );
    partition1.remove();
    const seen: SeenRequest[] = [];
    faults.arm({ api: "Produce", when: (request) => (seen.push(request), request.topics.includes("b")), reply: "INVALID_RECORD" });
    assert.deepEqual(
      [(await produce(broker, "a", sampleBatch(["v"]))).errorCode, (await produce(broker, "b", sampleBatch(["v"]))).errorCode],
      [0, ErrorCode.INVALID_RECORD],
    );
    const { body, connectionId: _, ...first } = seen[0]!;
    assert.deepEqual(first, { api: "Produce", version: 12, node: 1, clientId: "test", topics: ["a"], groups: [], transactionalIds: [] });
    assert.equal((body["topicData"] as unknown[]).length, 1);
    assert.deepEqual([atOther.count, ofOther.count], [0, 0]);
  });

  test("reaches a Fetch that waits for news, also of a session that names no partition any more", async () => {
    await using it = await scene();
    const { broker, faults, idOf } = it;
    await produce(broker, "a", sampleBatch(["first"]));
    const opened = await fetch(broker, [{ topic: "", topicId: idOf["a"]!, offset: 1 }], { version: 13, maxWaitMs: 0, sessionEpoch: 0 });
    const fault = faults.arm({ api: "Fetch", topic: "a", reply: "NOT_LEADER_OR_FOLLOWER" });
    const other = faults.arm({ api: "Fetch", topic: "b", reply: "NOT_LEADER_OR_FOLLOWER" });
    const next = await fetchSession(broker, idOf["a"]!, { sessionId: opened.sessionId, sessionEpoch: 1 }, false);
    assert.deepEqual(
      [next.errorCode, next.responses.map(({ topicId, partitions }) => [topicId, partitions.map((p) => [p.partitionIndex, p.errorCode])])],
      [0, [[idOf["a"], [[0, 6]]]]],
    );
    assert.deepEqual([fault.count, other.count], [1, 0]);
    await produce(broker, "a", sampleBatch(["x".repeat(2000)]));
    const after = await fetchSession(broker, idOf["a"]!, { sessionId: opened.sessionId, sessionEpoch: 2 }, false);
    assert.equal(valuesOf(after.responses[0]!.partitions[0]!.records).length, 1, "nothing was lost");
    faults.arm({ api: "Fetch", reply: "FETCH_SESSION_ID_NOT_FOUND" });
    const expired = await fetchSession(broker, idOf["a"]!, { sessionId: opened.sessionId, sessionEpoch: 3 }, false);
    assert.deepEqual([expired.errorCode, expired.responses], [ErrorCode.FETCH_SESSION_ID_NOT_FOUND, []]);
  });

  test("stands at a topic of Metadata, also where all are asked for", async () => {
    await using it = await scene();
    const errors = async (topics: string[] | null) => {
      const asked = topics?.map((name) => makeMetadataRequestTopic({ name })) ?? null;
      const answer = await it.broker.send(metadataApi, 12, makeMetadataRequest({ topics: asked }));
      return Object.fromEntries(answer.topics.map(({ name, errorCode, partitions }) => [name, [errorCode, partitions.length]]));
    };
    it.faults.arm({ api: "Metadata", topic: "a", reply: "LEADER_NOT_AVAILABLE", times: 2 });
    assert.deepEqual(await errors(["a", "b"]), { a: [5, 0], b: [0, 2] });
    assert.deepEqual(await errors(null), { a: [5, 0], b: [0, 2] });
    assert.deepEqual(await errors(null), { a: [0, 2], b: [0, 2] });
  });

  test("for a Produce that wants no acknowledgement closes the connection, as a broker's own", async () => {
    await using it = await scene();
    it.faults.arm({ api: "Produce", reply: "NOT_LEADER_OR_FOLLOWER" });
    using connection = await RawConnection.open(it.broker);
    connection.write(...encodeRequest(produceApi, 12, 1, "test", produceRequest("a", 0, sampleBatch(["v"]), { acks: 0 })));
    assert.equal(await connection.frame(), undefined);
  });
});

describe("a request that waits", () => {
  test("keeps its place on its connection, its bytes whole, and is handled when it is released", async () => {
    await using it = await scene();
    const { broker, faults } = it;
    const fault = faults.arm({ api: "Produce", hold: true });
    using connection = await RawConnection.open(broker);
    for (const [correlationId, value] of [
      [1, "first"],
      [2, "second"],
    ] as const) {
      connection.write(...encodeRequest(produceApi, 12, correlationId, "test", produceRequest("a", 0, sampleBatch([value]))));
    }
    await until(() => fault.waitingCount === 1);
    await produce(broker, "b", sampleBatch(["overwrites what was borrowed".repeat(100)]));
    assert.deepEqual([await storedIn(broker, "a"), connection.receivedBytes], [[], 0]);
    fault.release();
    for (const correlationId of [1, 2]) {
      const frame = (await connection.frame())!;
      assert.equal(frame.readInt32BE(0), correlationId);
      assert.equal(decodeResponse(produceApi, 12, frame).responses[0]!.partitionResponses[0]!.errorCode, 0);
    }
    assert.deepEqual(await storedIn(broker, "a"), ["first", "second"]);
  });

  test("may be handled at once and answered late", async () => {
    await using it = await scene();
    const fault = it.faults.arm({ api: "Produce", hold: true, late: "answer" });
    const answer = produce(it.broker, "a", sampleBatch(["v"]));
    await until(() => fault.waitingCount === 1);
    assert.deepEqual(await storedIn(it.broker, "a"), ["v"]);
    fault.remove();
    assert.equal((await answer).errorCode, 0);
  });

  test("waits for a time, or for whatever a test wants", async () => {
    await using it = await scene();
    const gate = Promise.withResolvers<void>();
    const startedMs = performance.now();
    it.faults.arm({ api: "Produce", delayMs: 30 });
    it.faults.arm({ api: "Produce", wait: () => gate.promise });
    const answer = produce(it.broker, "a", sampleBatch(["v"]));
    setTimeout(() => gate.resolve(), 5);
    assert.equal((await answer).errorCode, 0);
    assert.ok(performance.now() - startedMs >= 29);
  });

  test("ends when its client goes, and when the broker stops", async () => {
    const it = await scene();
    const fault = it.faults.arm({ api: "Produce", hold: true, times: "always" });
    it.faults.arm({ api: "Metadata", connection: "hang", times: "always" });
    const send = async () => {
      const connection = await RawConnection.open(it.broker);
      connection.write(...encodeRequest(produceApi, 12, 1, "test", produceRequest("a", 0, sampleBatch(["v"]))));
      return connection;
    };
    const gone = await send();
    await until(() => fault.waitingCount === 1);
    gone.close();
    await until(() => fault.waitingCount === 0);
    using waiting = await send();
    using hung = await RawConnection.open(it.broker);
    hung.write(...encodeRequest(metadataApi, 12, 1, "test", makeMetadataRequest()));
    await until(() => fault.waitingCount === 1 && it.faults.all()[1]!.count === 1);
    const stopped = it.broker.stop();
    assert.equal(fault.waitingCount, 0, "nobody waits for what a fault holds");
    await stopped;
    assert.deepEqual([await waiting.frame(), await hung.frame()], [undefined, undefined]);
  });
});

describe("a loss", () => {
  test("of the answer leaves the request handled, of the request leaves it undone", async () => {
    await using it = await scene();
    it.faults.arm({ api: "Produce", lose: "answer" });
    await assert.rejects(produce(it.broker, "a", sampleBatch(["kept"])), /closed the connection/);
    it.faults.arm({ api: "Produce", lose: "request" });
    await assert.rejects(produce(it.broker, "a", sampleBatch(["lost"])), /closed the connection/);
    assert.deepEqual(await storedIn(it.broker, "a"), ["kept"]);
  });

  test("may leave the connection silent, or closed in one direction", async () => {
    await using it = await scene();
    const { broker, faults } = it;
    const hanging = faults.arm({ api: "Produce", lose: "answer", connection: "hang" });
    using silent = await RawConnection.open(broker);
    silent.write(...encodeRequest(produceApi, 12, 1, "test", produceRequest("a", 0, sampleBatch(["v"]))));
    silent.write(...encodeRequest(metadataApi, 12, 2, "test", makeMetadataRequest()));
    await until(() => hanging.count === 1);
    await settled();
    assert.deepEqual([await storedIn(broker, "a"), silent.receivedBytes], [["v"], 0]);
    faults.arm({ api: "Metadata", connection: "half-close" });
    using half = await RawConnection.open(broker);
    half.write(...encodeRequest(metadataApi, 12, 2, "test", makeMetadataRequest()));
    assert.equal(await half.frame(), undefined);
  });
});

describe("hooks", () => {
  test("change a real answer, and hear of requests", async () => {
    await using it = await scene();
    const heard: string[] = [];
    const watching = it.faults.arm({ observe: ({ api, version }) => void heard.push(`${api} ${version}`) });
    it.faults.arm({ api: "Metadata", edit: (answer) => ({ ...answer, clusterId: "another" }) });
    const ask = async () => (await it.broker.send(metadataApi, 12, makeMetadataRequest({ topics: [] }))).clusterId;
    assert.deepEqual([await ask(), (await ask()) === "another"], ["another", false]);
    await produce(it.broker, "a", sampleBatch(["v"]));
    assert.deepEqual([heard, watching.count, watching.isSpent], [["Metadata 12", "Metadata 12", "Produce 12"], 3, false]);
    assert.deepEqual(
      watching.hits.map(({ api, topics }) => [api, topics]),
      [
        ["Metadata", []],
        ["Metadata", []],
        ["Produce", ["a"]],
      ],
    );
    let topics: unknown;
    it.faults.arm({ api: "Metadata", edit: (answer) => ((topics = (answer as { topics: unknown }).topics), answer) });
    await ask();
    assert.ok(Array.isArray(topics), "a hook may do with a list what it likes");
  });

  test("that throw take their fault back, and the request goes its way", async () => {
    await using it = await scene();
    const failure = new Error("a slip");
    const faults = [
      it.faults.arm({ api: "Produce", when: thrower, reply: "INVALID_RECORD" }),
      it.faults.arm({ api: "Produce", observe: thrower }),
      it.faults.arm({ api: "Produce", edit: thrower }),
      it.faults.arm({ api: "Produce", wait: thrower }),
    ];
    function thrower(): never {
      throw failure;
    }
    assert.equal((await produce(it.broker, "a", sampleBatch(["v"]))).errorCode, 0);
    assert.deepEqual(
      faults.map((fault) => [fault.failure, fault.isRemoved]),
      faults.map(() => [failure, true]),
    );
  });
});

test("so many faults may be armed, and no more", () => {
  const faults = new FaultTable();
  for (let i = 0; i < 1000; i++) faults.arm({ api: "Fetch" });
  assert.throws(() => faults.arm({ api: "Fetch" }), { code: "TOO_MANY_FAULTS" });
  faults.clear();
  faults.arm({ api: "Fetch" });
  assert.throws(() => faults.armUntrusted({ api: "SaslHandshake", reply: "NONE", when: 1 }), { code: "INVALID_FAULT" });
  assert.throws(() => faults.arm({ api: "ShareFetch", reply: "NOT_COORDINATOR" }), /does not serve ShareFetch/);
  assert.equal(faults.armUntrusted({ api: "ShareFetch", delayMs: 5 }).report().count, 0);
});

/** Lets the loop turn until it holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
