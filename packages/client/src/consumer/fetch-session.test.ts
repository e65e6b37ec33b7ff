import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { partitionKey } from "../topic-partition.ts";
import { FetchSession, type FetchTarget } from "./fetch-session.ts";

const target = (partition: number, fetchOffset = 0, topicId = NIL_UUID): FetchTarget => ({
  key: partitionKey("t", partition),
  topic: "t",
  partition,
  topicId,
  fetchOffset,
  currentLeaderEpoch: 0,
  partitionMaxBytes: 100,
});

/** What the broker would know after applying a request. */
const partitions = (targets: readonly FetchTarget[]) => targets.map((each) => each.partition);

describe("an incremental fetch session (KIP-227)", () => {
  test("begins full, then names only what changed or is gone", () => {
    const session = new FetchSession();
    const first = session.next([target(0), target(1), target(2)]);
    assert.deepEqual([first.sessionId, first.sessionEpoch, partitions(first.send), first.forget], [0, 0, [0, 1, 2], []]);
    session.answered(55);
    const second = session.next([target(0, 10), target(1), target(3)]);
    assert.deepEqual([second.sessionId, second.sessionEpoch, partitions(second.send), partitions(second.forget)], [55, 1, [0, 3], [2]]);
    session.answered(55);
    const third = session.next([target(0, 10), target(1), target(3)]);
    assert.deepEqual([third.sessionEpoch, third.send, third.forget], [2, [], []]);
  });

  test("begins anew where somebody has to be told of a partition that the broker takes for told", () => {
    const session = new FetchSession();
    session.next([target(0), target(1)]);
    session.answered(55);
    assert.deepEqual([session.isToldChangesOf(target(1)), session.isToldChangesOf(target(2))], [true, false]);
    session.startAnew();
    const next = session.next([target(0), target(1)]);
    assert.deepEqual([next.sessionId, next.sessionEpoch, partitions(next.send), next.forget], [55, 0, [0, 1], []]);
  });

  test("a broker that refuses sessions gets full requests for ever", () => {
    const session = new FetchSession();
    for (let i = 0; i < 3; i++) {
      const request = session.next([target(0)]);
      assert.deepEqual([request.sessionId, request.sessionEpoch, partitions(request.send)], [0, 0, [0]]);
      session.answered(0);
    }
    assert.equal(session.openId, undefined);
  });

  test("after a lost request the session is replaced; after SESSION_ID_NOT_FOUND a new one begins", () => {
    const session = new FetchSession();
    session.next([target(0)]);
    session.answered(55);
    session.next([target(0, 5)]);
    session.failed(undefined);
    assert.deepEqual(session.next([target(0, 5)]), { sessionId: 55, sessionEpoch: 0, send: [target(0, 5)], forget: [] });
    session.failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    assert.equal(session.next([target(0, 5)]).sessionId, 0);
  });

  test("a topic made anew is forgotten under its old id and named under the new", () => {
    const session = new FetchSession();
    session.next([target(0, 0, "aaaaaaaaaaaaaaaaaaaaaA")]);
    session.answered(55);
    const request = session.next([target(0, 0, "bbbbbbbbbbbbbbbbbbbbbQ")]);
    assert.deepEqual([request.forget[0]!.topicId, request.send[0]!.topicId], ["aaaaaaaaaaaaaaaaaaaaaA", "bbbbbbbbbbbbbbbbbbbbbQ"]);
  });
});
