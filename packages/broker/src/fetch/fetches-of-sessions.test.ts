import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { QuietBroker, settled } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import type { FetchAsk } from "./fetches.ts";

import { all, type Asked, BATCH, Client, type Sent, withTopic } from "../testing/fetch-client.ts";

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
