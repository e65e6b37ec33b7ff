import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, SimulatedClock } from "@ottla/base/simulated";
import { ClosedSignal } from "../net/closed.ts";
import { FetchedPartitions } from "./fetched-partitions.ts";
import { epochAfter, type FetchSession, FetchSessions, SESSION_PARTITIONS_MAX } from "./fetch-sessions.ts";

const asked = (index: number) => ({
  topic: "t",
  topicId: "AAAAAAAAAAAAAAAAAAAAAA",
  index,
  fetchOffset: 0,
  maxBytes: 100,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
});

/** What a session of so many partitions is opened with. */
function opening(count = 0): Pick<FetchSession, "usesTopicIds" | "partitions" | "readCommitted"> {
  const partitions = new FetchedPartitions();
  for (let index = 0; index < count; index++) partitions.put(asked(index));
  return { usesTopicIds: false, partitions, readCommitted: false };
}

function cache(maxSessions: number, maxBytes?: number) {
  const clock = new SimulatedClock();
  return { clock, sessions: new FetchSessions({ clock, random: new SeededRandom(1) }, maxSessions, maxBytes) };
}

test("a session id is never 0 and never one in use", () => {
  const ids = [0, 7, 7, 0, 8];
  const random = { nextInt: () => ids.shift()!, bytes: (length: number) => Buffer.alloc(length) };
  const sessions = new FetchSessions({ clock: new SimulatedClock(), random }, 10);
  assert.equal(sessions.create(opening(), new ClosedSignal())?.sessionId, 7);
  assert.equal(sessions.create(opening(), new ClosedSignal())?.sessionId, 8);
});

test("the epoch after the largest is 1, as 0 opens a new session", () => {
  assert.equal(epochAfter(1), 2);
  assert.equal(epochAfter(2147483647), 1);
});

test("a full cache refuses a newcomer until the session that was used longest ago has been idle for two minutes", () => {
  const { clock, sessions } = cache(2);
  const client = new ClosedSignal();
  const first = sessions.create(opening(), client)!;
  const second = sessions.create(opening(), client)!;
  clock.advance(60_000);
  sessions.use(first, client);
  clock.advance(59_999);
  assert.equal(sessions.create(opening(), client), undefined);
  clock.advance(1);
  assert.ok(sessions.create(opening(), client), "the second session has been idle for two minutes");
  assert.equal(sessions.get(second.sessionId), undefined);
  assert.equal(sessions.get(first.sessionId), first);
  assert.equal(sessions.size, 2);
});

test("a session whose connection is gone makes room at once, and goes by itself after two minutes", () => {
  const { clock, sessions } = cache(2);
  const client = new ClosedSignal();
  const leaving = new ClosedSignal();
  sessions.create(opening(), client);
  const orphan = sessions.create(opening(3), leaving)!;
  leaving.close();
  const newcomer = sessions.create(opening(), client);
  assert.ok(newcomer);
  assert.equal(sessions.get(orphan.sessionId), undefined);
  assert.ok(orphan.partitions.isClosed, "it watches nothing any more");
  sessions.close(newcomer.sessionId);
  const alsoLeaving = new ClosedSignal();
  const second = sessions.create(opening(3), alsoLeaving)!;
  alsoLeaving.close();
  clock.advance(119_999);
  assert.ok(sessions.get(second.sessionId));
  clock.advance(1);
  assert.deepEqual([sessions.get(second.sessionId), sessions.size, sessions.heldBytes], [undefined, 1, 0]);
});

test("a session is continued over another connection", () => {
  const { clock, sessions } = cache(2);
  const before = new ClosedSignal();
  const session = sessions.create(opening(), before)!;
  before.close();
  const after = new ClosedSignal();
  sessions.use(session, after);
  clock.advance(600_000);
  assert.equal(sessions.get(session.sessionId), session);
  assert.equal(before.listenerCount, 0);
  after.close();
  clock.advance(120_000);
  assert.equal(sessions.size, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("sessions are bounded in bytes: who does not fit gets none, who outgrows the bound loses its own, all is given back", () => {
  const weight = opening(1).partitions.heldBytes;
  const { sessions } = cache(100, 10 * opening(2).partitions.heldBytes);
  const client = new ClosedSignal();
  const leaving = new ClosedSignal();
  const kept = sessions.create(opening(10), client)!;
  assert.equal(sessions.create(opening(21), client), undefined, "alone beyond the bound");
  const orphan = sessions.create(opening(10), leaving)!;
  assert.equal(sessions.create(opening(1), client), undefined, "no room");
  leaving.close();
  const grown = sessions.create(opening(5), client)!;
  assert.equal(sessions.get(orphan.sessionId), undefined);
  for (let index = 10; index < 20; index++) grown.partitions.put(asked(index));
  assert.equal(sessions.resized(grown), false);
  assert.equal(sessions.get(grown.sessionId), undefined);
  for (let index = 3; index < 10; index++) kept.partitions.forget(asked(index));
  assert.equal(sessions.resized(kept), true);
  assert.equal(sessions.heldBytes, 3 * weight);
  sessions.closeAll();
  assert.deepEqual([sessions.size, sessions.heldBytes, client.listenerCount], [0, 0, 0]);
});

test("a session has a bounded number of partitions", () => {
  const { sessions } = cache(10);
  assert.equal(sessions.create(opening(SESSION_PARTITIONS_MAX + 1), new ClosedSignal()), undefined);
  const session = sessions.create(opening(SESSION_PARTITIONS_MAX), new ClosedSignal())!;
  session.partitions.put(asked(SESSION_PARTITIONS_MAX));
  assert.equal(sessions.resized(session), false);
});
