import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock, Random } from "@ottla/base";
import { epochAfter, FetchSessions, type SessionPartition } from "./fetch-sessions.ts";

let nowMs = 0;
const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => ({ cancel() {} }), nextTurn() {} };
let next = 0;
const random: Random = { nextInt: () => next++, bytes: (length) => Buffer.alloc(length) };

const partition = (index: number): SessionPartition => ({
  topic: "t",
  topicId: "id",
  index,
  fetchOffset: 0,
  maxBytes: 100,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
  sentHighWatermark: -1,
  sentLogStartOffset: -1,
});

test("D4: a session id is never 0 and never one in use", () => {
  next = 0;
  const sessions = new FetchSessions({ clock, random }, 10, 1000);
  assert.equal(sessions.create(true, [])?.sessionId, 1);
  next = 1;
  assert.equal(sessions.create(true, [])?.sessionId, 2);
});

test("D4: the epoch after the largest is 1, as 0 opens a new session", () => {
  assert.equal(epochAfter(1), 2);
  assert.equal(epochAfter(2147483647), 1);
});

test("a full cache refuses a newcomer until the oldest session has been idle long enough", () => {
  nowMs = 0;
  const sessions = new FetchSessions({ clock, random }, 2, 1000);
  const first = sessions.create(true, [])!;
  const second = sessions.create(true, [])!;
  assert.equal(sessions.create(true, []), undefined);
  nowMs = 900;
  sessions.use(first.sessionId);
  nowMs = 1000;
  assert.ok(sessions.create(true, []), "the second session has been idle for 1000 ms");
  assert.equal(sessions.use(second.sessionId), undefined);
  assert.ok(sessions.use(first.sessionId));
  assert.equal(sessions.size, 2);
});

test("partitions keep their order and are told apart by id or by name", () => {
  const byId = new FetchSessions({ clock, random }, 2, 1000).create(true, [partition(1), partition(0)])!;
  assert.deepEqual([...byId.partitions.keys()], ["id:1", "id:0"]);
  const byName = new FetchSessions({ clock, random }, 2, 1000).create(false, [partition(1)])!;
  assert.deepEqual([...byName.partitions.keys()], ["t:1"]);
});
