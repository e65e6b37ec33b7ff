import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode, type KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import { AcknowledgeCode } from "./acknowledgement-batches.ts";
import { LeaderSession, type SessionRequest, type Settlement } from "./leader-session.ts";
import { type AcquisitionLock, RecordHold } from "./record-hold.ts";

const { accept, release, gap } = AcknowledgeCode;
const wanted = (...partitions: number[]) => new Map(partitions.length === 0 ? [] : [["T", partitions]]);

function newLock(sinceMs = 0, durationMs = 1000): AcquisitionLock {
  return { sinceMs, untilMs: sinceMs + durationMs, acquiredMs: sinceMs, isGivenUp: false, holds: new Set() };
}

/** A session after its first answer, and a way to acquire. */
function open(...partitions: number[]) {
  const session = new LeaderSession(1);
  session.nextFetch(wanted(...partitions));
  session.answered();
  const acquire = (partition: number, offsets: readonly number[], lock = newLock()) =>
    offsets.map((offset) => {
      const place = session.placeOf("T", "t", partition);
      const hold = new RecordHold(place, offset, offset, lock);
      session.hold(place, hold);
      return hold;
    });
  const say = (holds: readonly RecordHold[], code: AcknowledgeCode = accept) => {
    for (const hold of holds) {
      hold.acknowledge(code);
      session.enqueue(hold);
    }
  };
  return { session, acquire, say };
}

/** What failed, with which code, and whether it may have taken effect. */
function failures({ failed }: Settlement): unknown[] {
  return failed.map(({ holds, error }) => [
    holds,
    (error as ClientError | KafkaError).code,
    (error as ClientError | KafkaError).possiblyWritten,
  ]);
}

function shown(request: SessionRequest | undefined): string {
  if (request === undefined) return "nothing";
  const topics = request.topics.flatMap(({ partitions }) =>
    partitions.map(
      ({ partitionIndex, acknowledgementBatches }) =>
        `${partitionIndex}[${acknowledgementBatches.map(({ firstOffset, lastOffset, acknowledgeTypes }) => `${firstOffset}-${lastOffset}:${acknowledgeTypes.join("")}`).join(" ")}]`,
    ),
  );
  const forgotten = [...request.forgotten.values()].flat().map((partition) => `-${partition}`);
  return [`epoch ${request.shareSessionEpoch}`, ...topics, ...forgotten].join(" ");
}

describe("a share session with one leader", () => {
  test("names all partitions once, then what is new and what is none of it any more", () => {
    const session = new LeaderSession(1);
    assert.equal(shown(session.nextFetch(wanted(0, 1))), "epoch 0 0[] 1[]");
    session.answered();
    assert.equal(shown(session.nextFetch(wanted(0, 1))), "epoch 1");
    session.answered();
    assert.equal(shown(session.nextFetch(wanted(1, 2))), "epoch 2 2[] -0");
    session.answered();
    session.end("the connection was lost");
    assert.equal(shown(session.nextFetch(wanted(1, 2))), "epoch 0 1[] 2[]");
  });

  test("acknowledgements go along with a fetch for what is read, by themselves for what is not any more", () => {
    const { session, acquire, say } = open(0, 1);
    say(acquire(0, [5, 6, 7]));
    say(acquire(1, [3]), release);
    assert.equal(shown(session.nextFetch(wanted(1))), "epoch 1 1[3-3:2] -0");
    session.answered();
    assert.equal(session.queuedCount, 3);
    assert.equal(shown(session.nextAcknowledge()), "epoch 2 0[5-7:1]");
    session.answered();
    assert.equal(shown(session.nextAcknowledge()), "nothing");
  });

  test("the first request of a session acknowledges nothing, and none but a fetch opens one", () => {
    const session = new LeaderSession(1);
    assert.equal(shown(session.nextAcknowledge()), "nothing");
    assert.equal(shown(session.nextRenewal([])), "nothing");
    assert.equal(shown(session.nextFarewell()), "nothing");
  });

  test("where one lock was lost, what belongs to others is said again by itself", () => {
    const { session, acquire, say } = open(0);
    const early = acquire(0, [1, 2], newLock(0));
    const late = acquire(0, [3, 4], newLock(500));
    say([...early, ...late]);
    const first = session.nextAcknowledge()!;
    session.answered();
    assert.deepEqual(session.settle(first.sent[0]!, ErrorCode.INVALID_RECORD_STATE, undefined), { done: [], failed: [] });
    const second = session.nextAcknowledge()!;
    assert.equal(shown(second), "epoch 2 0[1-2:1]");
    session.answered();
    const lost = session.settle(second.sent[0]!, ErrorCode.INVALID_RECORD_STATE, undefined);
    assert.deepEqual(failures(lost), [[early, "LOCK_LOST", false]]);
    const third = session.nextAcknowledge()!;
    assert.equal(shown(third), "epoch 3 0[3-4:1]");
    assert.deepEqual(session.settle(third.sent[0]!, ErrorCode.NONE, undefined).done, late);
  });

  test("locks run out: what is held and what was said and not sent is lost; what is on the way is not", () => {
    const { session, acquire, say } = open(0);
    const held = acquire(0, [1], newLock(0));
    const said = acquire(0, [2], newLock(0));
    const sent = acquire(0, [3], newLock(0));
    const later = acquire(0, [4], newLock(500));
    const reasons: string[] = [];
    held[0]!.onLost = (reason) => void reasons.push(reason.message);
    say(sent);
    const request = session.nextAcknowledge()!;
    say([...said, ...later]);
    assert.deepEqual(session.expire(999).failed, []);
    assert.deepEqual(failures(session.expire(1000)), [[said, "LOCK_LOST", false]]);
    assert.deepEqual(reasons, ["t-0 at offset 1 is not this consumer's any more: its lock ran out. The group delivers it again."]);
    session.answered();
    assert.deepEqual(session.settle(request.sent[0]!, ErrorCode.NONE, undefined).done, sent);
    assert.equal(shown(session.nextAcknowledge()), "epoch 2 0[4-4:1]");
  });

  test("a renewal names what is held, and begins its lock anew", () => {
    const { session, acquire, say } = open(0, 1);
    const holds = [...acquire(0, [1, 2, 3]), ...acquire(1, [9])];
    say([holds[1]!]);
    const request = session.nextRenewal(holds)!;
    assert.equal(shown(request), "epoch 1 0[1-1:4 3-3:4] 1[9-9:4]");
    session.answered();
    for (const sent of request.sent) session.renewed(sent, newLock(800));
    assert.deepEqual(failures(session.expire(1700)), [[[holds[1]], "LOCK_LOST", false]]);
    assert.equal(session.heldCount, 3);
    session.expire(1800);
    assert.equal(session.heldCount, 0);
  });

  test("a record that is delivered again while it is held is another delivery: the first one's word counts no more", () => {
    const { acquire } = open(0);
    const [first] = acquire(0, [1]);
    const [second] = acquire(0, [1], newLock(2000));
    assert.deepEqual([first!.state, second!.state], ["lost", "held"]);
  });

  test("a leader that moved takes all of its partition with it", () => {
    const { session, acquire, say } = open(0, 1);
    const [held] = acquire(0, [1]);
    const said = acquire(0, [2]);
    const other = acquire(1, [1]);
    say([...said, ...other]);
    assert.deepEqual(failures(session.losePlace("T", 0, "its partition has another leader")), [[said, "LOCK_LOST", false]]);
    assert.equal(held!.state, "lost");
    assert.equal(shown(session.nextAcknowledge()), "epoch 1 1[1-1:1]");
  });

  test("the end of a session loses all it held; whether what was on the way took effect is not known, and of the rest it is known that it did not", () => {
    const { session, acquire, say } = open(0, 1);
    const sent = acquire(0, [1]);
    say(sent);
    const request = session.nextAcknowledge()!;
    const said = acquire(0, [2]);
    const elsewhere = acquire(1, [7]);
    say([...said, ...elsewhere]);
    const [held] = acquire(0, [3]);
    const ended = session.end("gone", request.sent, new ClientError("CONNECTION_LOST", "gone"));
    assert.deepEqual(failures(ended), [
      [sent, "LOCK_LOST", true],
      [said, "LOCK_LOST", false],
      [elsewhere, "LOCK_LOST", false],
    ]);
    assert.deepEqual(
      ended.failed.map(({ error }) => error.message),
      [
        "t-0 at offset 1 is not this consumer's any more: gone. The group delivers it again, unless the acknowledgement had come.",
        "t-0 at offset 2 is not this consumer's any more: gone. The group delivers it again.",
        "t-1 at offset 7 is not this consumer's any more: gone. The group delivers it again.",
      ],
    );
    assert.deepEqual([held!.state, session.queuedCount], ["lost", 0]);
  });

  test("says farewell with all that is left", () => {
    const { session, acquire, say } = open(0);
    say(acquire(0, [1, 3]));
    const hole = new RecordHold(session.placeOf("T", "t", 0), 2, 2, newLock());
    say([hole], gap);
    assert.equal(shown(session.nextFarewell()), "epoch -1 0[1-3:101]");
  });

  test("an error of one partition is that partition's", () => {
    const { session, acquire, say } = open(0);
    say(acquire(0, [1]));
    const { sent } = session.nextAcknowledge()!;
    const settled = session.settle(sent[0]!, ErrorCode.NOT_LEADER_OR_FOLLOWER, undefined);
    assert.deepEqual(failures(settled), [[sent[0]!.holds, "NOT_LEADER_OR_FOLLOWER", false]]);
  });
});
