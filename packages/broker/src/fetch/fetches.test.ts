import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { setBaseOffset, setPartitionLeaderEpoch } from "@ottla/protocol/records";
import { ClosedSignal } from "../net/closed.ts";
import { QuietBroker, settled } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { FETCH_WAIT_MAX_MS } from "./fetch-wait.ts";
import type { FetchAnswer, FetchAsk } from "./fetches.ts";

const BATCH = sampleBatch(["x".repeat(500)]);

/** A client with one connection. */
class Client {
  readonly closed = new ClosedSignal();
  readonly memory;
  readonly #broker: QuietBroker;
  readonly #nodeId: number;

  constructor(broker: QuietBroker, nodeId = 1) {
    this.#broker = broker;
    this.#nodeId = nodeId;
    this.memory = broker.state.clientMemory.openAccount();
  }

  /** What the broker does when a connection is gone. */
  disconnect(): void {
    this.closed.close();
    this.memory.close();
  }

  fetch(partitions: readonly Asked[], more: Partial<FetchAsk> = {}): Sent {
    const outcome = this.#broker.state.fetches.fetch(
      {
        sessionId: 0,
        sessionEpoch: -1,
        usesTopicIds: false,
        takesSession: true,
        maxWaitMs: 1000,
        minBytes: 1,
        maxBytes: 1 << 20,
        readCommitted: false,
        forgotten: [],
        ...more,
        partitions: partitions.map(({ topic = "t", topicId = NIL_UUID, index = 0, offset = 0, maxBytes = 1 << 20 }) => ({
          topic: topicId === NIL_UUID ? topic : "",
          topicId,
          index,
          fetchOffset: offset,
          maxBytes,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        })),
      },
      { lookup: { broker: this.#broker.state, nodeId: this.#nodeId }, closed: this.closed, memory: this.memory },
    );
    return new Sent(outcome);
  }
}

interface Asked {
  readonly topic?: string;
  readonly topicId?: string;
  readonly index?: number;
  readonly offset?: number;
  readonly maxBytes?: number;
}

/** A Fetch under way. */
class Sent {
  readonly answered: Promise<FetchAnswer | undefined>;
  isOver = false;
  answer: FetchAnswer | undefined;

  constructor(outcome: FetchAnswer | Promise<FetchAnswer | undefined>) {
    const note = (answer: FetchAnswer | undefined): FetchAnswer | undefined => {
      this.isOver = true;
      return (this.answer = answer);
    };
    this.answered = outcome instanceof Promise ? outcome.then(note) : Promise.resolve(note(outcome));
  }

  /** `index:bytes` of every partition, or `index!code`. */
  get shown(): string[] {
    return (this.answer?.reads ?? []).map(({ target, errorCode, sizeBytes }) =>
      errorCode === ErrorCode.NONE ? `${target.index}:${sizeBytes}` : `${target.index}!${errorCode}`,
    );
  }
}

async function withTopic(partitions = 1): Promise<QuietBroker> {
  const broker = await QuietBroker.start();
  await broker.createTopic("t", partitions);
  return broker;
}

/** A batch as the log has stored it `count` times. */
function storedBytes(batch: Buffer, count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, offset) => {
      const stored = Buffer.from(batch);
      setBaseOffset(stored, 0, offset);
      setPartitionLeaderEpoch(stored, 0, 0);
      return stored;
    }),
  );
}

const all = (count: number): Asked[] => Array.from({ length: count }, (_, index) => ({ index }));

test("records that come while a Fetch reads from disk are answered at once, not at its deadline", async () => {
  const before = await withTopic(2);
  before.append(BATCH, "t", 0);
  await using broker = await before.restart();
  broker.disk.hold();
  const sent = new Client(broker).fetch([{ index: 1 }, { index: 0 }], { minBytes: 2 * BATCH.length });
  await settled();
  assert.equal(sent.isOver, false);
  // Partition 1 was read already, and was empty.
  broker.append(BATCH, "t", 1);
  broker.disk.letGo();
  await settled();
  assert.deepEqual(sent.shown, [`1:${BATCH.length}`, `0:${BATCH.length}`]);
});

test("a topic that is deleted while a Fetch reads from disk is told at once", async () => {
  const before = await withTopic(2);
  before.append(BATCH, "t", 0);
  const otherId = await before.createTopic("other");
  await using broker = await before.restart();
  broker.disk.hold();
  const sent = new Client(broker).fetch([{ topic: "other" }, { index: 0 }], { minBytes: 2 * BATCH.length });
  await settled();
  await broker.deleteTopic(otherId);
  broker.disk.letGo();
  await settled();
  assert.deepEqual(sent.shown, [`0!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}`, `0:${BATCH.length}`]);
});

test("a Fetch waits until minBytes have come over all its partitions together, and holds nothing meanwhile", async () => {
  await using broker = await withTopic(2);
  const client = new Client(broker);
  const sent = client.fetch(all(2), { minBytes: 3 * BATCH.length });
  broker.append(BATCH, "t", 0);
  broker.append(BATCH, "t", 1);
  await settled();
  assert.equal(sent.isOver, false);
  assert.ok(client.memory.heldBytes < 2000, `${client.memory.heldBytes}`);
  broker.append(BATCH, "t", 0);
  await settled();
  assert.deepEqual(sent.shown, [`0:${2 * BATCH.length}`, `1:${BATCH.length}`]);
  assert.ok(client.memory.heldBytes >= 3 * BATCH.length, "what was read counts until the client has taken it");
  sent.answer!.release();
  assert.equal(client.memory.heldBytes, 0);
});

test("what was read and is not enough yet is given back before a Fetch waits", async () => {
  const before = await withTopic();
  before.append(BATCH, "t");
  await using broker = await before.restart();
  const client = new Client(broker);
  const sent = client.fetch(all(1), { minBytes: 100_000 });
  await settled();
  assert.equal(broker.state.fetches.waitingCount, 1);
  assert.ok(client.memory.heldBytes < 1000, `${client.memory.heldBytes}`);
  broker.clock.advance(1000);
  await settled();
  assert.deepEqual(sent.shown, [`0:${BATCH.length}`], "and read again at the deadline");
});

test("minBytes beyond what an answer may hold is no reason to wait", async () => {
  await using broker = await withTopic();
  for (let i = 0; i < 4; i++) broker.append(BATCH, "t");
  const sent = new Client(broker).fetch(all(1), { minBytes: 2 ** 31 - 1, maxBytes: BATCH.length });
  assert.deepEqual(sent.shown, [`0:${BATCH.length}`]);
});

test("a Fetch ends with its connection, at any time, and nothing of it stays", async () => {
  const before = await withTopic(1);
  before.append(BATCH, "t");
  await using broker = await before.restart();
  const timers = broker.clock.pendingTimers;
  const waiting = new Client(broker);
  const parked = waiting.fetch([{ offset: 1 }], { maxWaitMs: 2 ** 31 - 1, minBytes: 2 ** 31 - 1 });
  const reading = new Client(broker);
  broker.disk.hold();
  const read = reading.fetch([{ offset: 0 }], { minBytes: 2 ** 31 - 1, maxWaitMs: 2 ** 31 - 1 });
  await settled();
  assert.equal(broker.state.fetches.waitingCount, 2);
  waiting.disconnect();
  reading.disconnect();
  broker.disk.letGo();
  await settled();
  assert.deepEqual([parked.isOver, parked.answer, read.isOver, read.answer], [true, undefined, true, undefined]);
  assert.equal(broker.state.fetches.waitingCount, 0);
  assert.equal(broker.state.clientMemory.heldBytes, 0);
  assert.equal(broker.partition("t").watcherCount, 0);
  assert.equal(broker.clock.pendingTimers, timers);
  assert.deepEqual([waiting.closed.listenerCount, reading.closed.listenerCount], [0, 0]);
  const late = new Client(broker);
  late.disconnect();
  const never = late.fetch([{ offset: 1 }]);
  await settled();
  assert.deepEqual([never.isOver, never.answer], [true, undefined], "a connection that was gone before");
});

test("a large Fetch is read piece by piece, and no further once its connection is gone", async () => {
  const before = await withTopic();
  const large = sampleBatch(["x".repeat(500_000)]);
  for (let i = 0; i < 12; i++) before.append(large, "t");
  await using broker = await before.restart();
  const limits = { maxBytes: 5 << 20 };
  const whole = new Client(broker).fetch([{ maxBytes: 5 << 20 }], limits);
  await whole.answered;
  const [read] = whole.answer!.reads;
  assert.deepEqual([read!.sizeBytes, (read!.records as Buffer[]).length], [10 * large.length, 5]);
  assert.ok(Buffer.concat(read!.records as Buffer[]).equals(storedBytes(large, 10)));
  whole.answer!.release();
  broker.disk.hold();
  const client = new Client(broker);
  const { readCount } = broker.disk;
  const lost = client.fetch([{ maxBytes: 5 << 20 }], limits);
  await settled();
  client.disconnect();
  broker.disk.letGo();
  await lost.answered;
  assert.deepEqual([lost.answer, broker.disk.readCount, broker.state.clientMemory.heldBytes], [undefined, readCount + 1, 0]);
});

test("no Fetch waits longer than a named time, whatever it asks for", async () => {
  await using broker = await withTopic();
  const sent = new Client(broker).fetch(all(1), { maxWaitMs: 2 ** 31 - 1 });
  broker.clock.advance(FETCH_WAIT_MAX_MS - 1);
  await settled();
  assert.equal(sent.isOver, false);
  broker.clock.advance(1);
  await settled();
  assert.deepEqual(sent.shown, ["0:0"]);
});

test("a stopping broker answers who waits, and lets nobody wait any more", async () => {
  await using broker = await withTopic();
  const client = new Client(broker);
  const sent = client.fetch(all(1), { sessionEpoch: 0, maxWaitMs: 60_000 });
  broker.state.fetches.stop();
  await settled();
  assert.deepEqual(sent.shown, ["0:0"]);
  const late = client.fetch(all(1), { maxWaitMs: 60_000 });
  await settled();
  assert.deepEqual(late.shown, ["0:0"]);
  broker.state.fetches.close();
  assert.equal(broker.partition("t").watcherCount, 0);
});

/** Opens a session on all partitions, and asks on in it. */
class SessionClient {
  readonly client: Client;
  sessionId = 0;
  #epoch = 0;

  constructor(client: Client) {
    this.client = client;
  }

  ask(partitions: readonly Asked[], more: Partial<FetchAsk> = {}): Sent {
    const sent = this.client.fetch(partitions, { maxWaitMs: 0, sessionId: this.sessionId, sessionEpoch: this.#epoch++, ...more });
    this.sessionId = sent.answer?.sessionId ?? this.sessionId;
    return sent;
  }

  /** The same session over another connection. */
  over(client: Client): SessionClient {
    const moved = new SessionClient(client);
    moved.sessionId = this.sessionId;
    moved.#epoch = this.#epoch;
    return moved;
  }
}

test("a session of 10,000 partitions with one active looks at that one alone", async () => {
  await using broker = await withTopic(10_000);
  const session = new SessionClient(new Client(broker));
  assert.equal(session.ask(all(10_000)).answer!.reads.length, 10_000);
  const { partitions } = broker.state.fetches.sessions.get(session.sessionId)!;
  assert.equal(partitions.movedCount, 0);
  assert.deepEqual(session.ask([]).shown, []);
  broker.append(BATCH, "t", 7777);
  assert.equal(partitions.movedCount, 1);
  assert.deepEqual(session.ask([]).shown, [`7777:${BATCH.length}`]);
  assert.deepEqual(session.ask([{ index: 7777, offset: 1 }]).shown, []);
  assert.equal(partitions.movedCount, 0);
});

test("a session tells every change: errors again and again, what was deleted, made anew, moved, trimmed", async () => {
  await using broker = await QuietBroker.start({ brokers: 2 });
  const topicId = await broker.createTopic("t", 3);
  broker.append(BATCH, "t", 1);
  const session = new SessionClient(new Client(broker));
  assert.deepEqual(session.ask([...all(3), { index: 9 }]).shown, [
    "0:0",
    `1:${BATCH.length}`,
    "2:0",
    `9!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}`,
  ]);
  const missing = `9!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}`;
  assert.deepEqual(session.ask([{ index: 1, offset: 1 }]).shown, [missing]);
  assert.deepEqual(session.ask([], { forgotten: [{ topic: "t", topicId: NIL_UUID, index: 9 }] }).shown, []);
  await broker.partition("t", 1).log.deleteRecordsBefore(1);
  assert.deepEqual(session.ask([]).shown, ["1:0"], "the log start moved");
  await broker.state.controller.change(() => [{ kind: "leader", topicId, partition: 2, leader: 2 }]);
  assert.deepEqual(session.ask([]).shown, [`2!${ErrorCode.NOT_LEADER_OR_FOLLOWER}`]);
  assert.deepEqual(session.ask([]).shown, [`2!${ErrorCode.NOT_LEADER_OR_FOLLOWER}`], "as long as it is so");
  await broker.state.controller.change(() => [{ kind: "leader", topicId, partition: 2, leader: 1 }]);
  assert.deepEqual(session.ask([]).shown, ["2:0"]);
  await broker.deleteTopic(topicId);
  const gone = [0, 2, 1].map((index) => `${index}!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}`);
  assert.deepEqual(session.ask([]).shown, gone, "those that gave data last");
  await broker.createTopic("t", 3);
  assert.deepEqual(session.ask([]).shown, ["0:0", "2:0", `1!${ErrorCode.OFFSET_OUT_OF_RANGE}`]);
  broker.append(BATCH, "t", 2);
  assert.deepEqual(session.ask([{ index: 1, offset: 0 }]).shown, [`2:${BATCH.length}`, "1:0"], "it is heard of where it is now");
});

test("a session by topic id does not read a topic that was made anew under the name", async () => {
  await using broker = await withTopic();
  const topicId = broker.state.metadata.topic("t")!.topicId;
  const session = new SessionClient(new Client(broker));
  session.ask([{ topicId }], { usesTopicIds: true });
  await broker.deleteTopic(topicId);
  await broker.state.controller.change(() => [
    { kind: "topic", name: "t", topicId: "AAAAAAAAAAAAAAAAAAAABQ", replicas: [[1]], configs: {} },
  ]);
  assert.deepEqual(session.ask([], { usesTopicIds: true }).shown, [`0!${ErrorCode.UNKNOWN_TOPIC_ID}`]);
});

test("retention and a settings change that uncovers records are news", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t", 1, { "retention.ms": "1000", "segment.ms": "1000" });
  broker.append(sampleBatch([{ value: "old", timestampMs: broker.clock.nowMs() }]), "t");
  const session = new SessionClient(new Client(broker));
  session.ask([{ offset: 0 }]);
  session.ask([{ offset: 1 }]);
  broker.clock.advance(10_000);
  await broker.partition("t").log.deleteExpiredSegments(broker.clock.nowMs());
  const [read] = session.ask([]).answer!.reads;
  assert.equal(read?.logStartOffset, 1);
});

test("partitions that gave data go behind the others, and who has waited longest is read first", async () => {
  await using broker = await withTopic(3);
  const session = new SessionClient(new Client(broker));
  const one = { maxBytes: BATCH.length };
  session.ask(all(3));
  broker.append(BATCH, "t", 0);
  assert.deepEqual(session.ask([], one).shown, [`0:${BATCH.length}`]);
  broker.append(BATCH, "t", 0);
  broker.append(BATCH, "t", 2);
  assert.deepEqual(session.ask([{ index: 0, offset: 1 }], one).shown, [`2:${BATCH.length}`]);
  broker.append(BATCH, "t", 2);
  broker.append(BATCH, "t", 1);
  assert.deepEqual(session.ask([{ index: 2, offset: 1 }], one).shown, [`1:${BATCH.length}`]);
  assert.deepEqual(session.ask([{ index: 1, offset: 1 }], one).shown, [`0:${BATCH.length}`]);
  assert.deepEqual(session.ask([{ index: 0, offset: 2 }], one).shown, [`2:${BATCH.length}`]);
});

test("records that a client has not moved past come again, until it has", async () => {
  await using broker = await withTopic();
  const session = new SessionClient(new Client(broker));
  broker.append(BATCH, "t");
  assert.deepEqual(session.ask(all(1)).shown, [`0:${BATCH.length}`]);
  assert.deepEqual(session.ask([]).shown, [`0:${BATCH.length}`]);
  assert.deepEqual(session.ask([{ offset: 1 }]).shown, []);
  assert.deepEqual(session.ask([{ offset: 0 }]).shown, [`0:${BATCH.length}`]);
});

test("a session's waiting Fetch is woken by one partition of many, and by its deletion", async () => {
  await using broker = await withTopic(100);
  const session = new SessionClient(new Client(broker));
  session.ask(all(100));
  const woken = session.ask([], { maxWaitMs: 60_000 });
  broker.append(BATCH, "t", 42);
  await settled();
  assert.deepEqual(woken.shown, [`42:${BATCH.length}`]);
  const deleted = session.ask([{ index: 42, offset: 1 }], { maxWaitMs: 60_000 });
  await broker.deleteTopic(broker.state.metadata.topic("t")!.topicId);
  await settled();
  assert.equal(deleted.answer!.reads.length, 100);
});

test("a session goes on over another connection, and what the first one was about to be told is told there", async () => {
  const before = await withTopic(2);
  before.append(BATCH, "t", 0);
  await using broker = await before.restart();
  const client = new Client(broker);
  const session = new SessionClient(client);
  const opening = session.ask(all(2), { minBytes: 1 });
  await opening.answered;
  session.sessionId = opening.answer!.sessionId;
  broker.disk.hold();
  const lost = session.ask([], { maxWaitMs: 60_000 });
  client.disconnect();
  broker.disk.letGo();
  await lost.answered;
  assert.equal(lost.answer, undefined);
  const again = session.over(new Client(broker)).ask([]);
  await again.answered;
  assert.deepEqual(again.shown, [`0:${BATCH.length}`]);
});

test("two Fetches of one session: the second ends the first and then has its turn", async () => {
  await using broker = await withTopic(1);
  const session = new SessionClient(new Client(broker));
  session.ask(all(1));
  const first = session.ask([], { maxWaitMs: 60_000 });
  const second = session.over(new Client(broker)).ask([], { maxWaitMs: 60_000 });
  await settled();
  assert.deepEqual([first.isOver, first.shown, second.isOver], [true, [], false]);
  broker.append(BATCH, "t");
  await settled();
  assert.deepEqual(second.shown, [`0:${BATCH.length}`]);
});

test("closing a session ends its waiting Fetch", async () => {
  await using broker = await withTopic(1);
  const session = new SessionClient(new Client(broker));
  session.ask(all(1));
  const waiting = session.ask([], { maxWaitMs: 60_000 });
  const { sessions } = broker.state.fetches;
  const closing = new Client(broker).fetch(all(1), { sessionId: session.sessionId, sessionEpoch: -1, maxWaitMs: 0 });
  await settled();
  assert.deepEqual([waiting.isOver, closing.isOver, sessions.size], [true, true, 0]);
  const another = new SessionClient(new Client(broker));
  another.ask(all(1));
  const evicted = another.ask([], { maxWaitMs: 60_000 });
  sessions.close(another.sessionId);
  await settled();
  assert.equal(evicted.isOver, true);
});

test("another isolation level looks at all partitions anew", async () => {
  await using broker = await withTopic(2);
  const session = new SessionClient(new Client(broker));
  session.ask(all(2));
  const { partitions } = broker.state.fetches.sessions.get(session.sessionId)!;
  session.ask([], { readCommitted: true });
  assert.equal(partitions.movedCount, 0, "they are quiet again");
  const sent = session.ask([], { readCommitted: false });
  assert.deepEqual(sent.shown, []);
});
