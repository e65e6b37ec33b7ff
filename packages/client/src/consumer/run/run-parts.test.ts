import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { DeduplicationWindow, deduplicationName } from "./deduplication-window.ts";
import { failureHeaders, readFailure } from "./failure-headers.ts";
import { type FailurePolicy, judgeFailure } from "./failure-policy.ts";
import { PartitionWatermark } from "./partition-watermark.ts";
import { WorkLane, WorkLanes } from "./work-lanes.ts";

const record = { topic: "t", partition: 3, offset: 7, timestamp: 5, key: null, value: null, headers: [], leaderEpoch: 0 };

describe("the watermark of a partition", () => {
  test("never passes a record that has not ended, whatever the order of ends", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const watermark = new PartitionWatermark(1 + random.nextInt(20));
      const open = new Map<number, number>();
      const ended = new Set<number>();
      let next = random.nextInt(50);
      let passed: number | undefined;
      for (let step = 0; step < 300; step++) {
        if (!watermark.isFull && random.nextInt(2) === 0) {
          const offset = next;
          next += 1 + random.nextInt(3);
          open.set(watermark.begin(next, offset % 5), offset);
        } else if (open.size > 0) {
          const tickets = [...open.keys()];
          const ticket = tickets[random.nextInt(tickets.length)]!;
          ended.add(open.get(ticket)!);
          open.delete(ticket);
          watermark.end(ticket);
        }
        const lowest = Math.min(...open.values(), next);
        if (watermark.offset !== undefined) {
          assert.ok(watermark.offset <= lowest, `seed ${seed}: ${watermark.offset} passes ${lowest}`);
          assert.ok(watermark.offset >= (passed ?? 0), `seed ${seed}: it went back`);
          passed = watermark.offset;
        }
        assert.equal(
          watermark.outstanding === 0,
          watermark.offset === undefined ? ended.size === 0 && open.size === 0 : watermark.offset === next,
          `seed ${seed}`,
        );
      }
    }
  });

  test("goes over what nobody sees, at once or with the record before it", () => {
    const watermark = new PartitionWatermark(2);
    const ticket = watermark.begin(5, 1);
    watermark.extend(9);
    assert.equal(watermark.offset, undefined);
    watermark.end(ticket);
    assert.deepEqual([watermark.offset, watermark.epoch], [9, 1]);
    watermark.extend(12);
    assert.equal(watermark.offset, 12);
  });
});

describe("lanes of work", () => {
  test("give the items of a lane in order, one at a time, and lanes in turn", () => {
    const lanes = new WorkLanes<string>();
    const [a, b] = [new WorkLane<string>(), new WorkLane<string>()];
    for (const item of ["a1", "a2", "a3"]) lanes.push(a, item);
    lanes.push(b, "b1");
    assert.deepEqual([lanes.take(), lanes.take(), lanes.take()], ["a1", "b1", undefined]);
    lanes.release(a);
    assert.equal(lanes.take(), "a2");
    lanes.pushBack(a, "a2");
    assert.deepEqual([lanes.take(), lanes.take()], ["a2", undefined]);
    lanes.release(a);
    lanes.release(b);
    assert.deepEqual([lanes.take(), lanes.take()], ["a3", undefined]);
  });

  test("do what a plain list per lane does, however long they grow", () => {
    const random = new SeededRandom(7);
    const lanes = new WorkLanes<number>();
    const all = Array.from({ length: 5 }, () => ({
      lane: new WorkLane<number>(),
      waiting: [] as number[],
      taken: undefined as number | undefined,
    }));
    for (let step = 0, next = 0; step < 20_000; step++) {
      const one = all[random.nextInt(all.length)]!;
      const choice = random.nextInt(10);
      if (choice < 5) {
        one.waiting.push(next);
        lanes.push(one.lane, next++);
      } else if (one.taken !== undefined) {
        if (choice === 5) {
          one.waiting.unshift(one.taken);
          lanes.pushBack(one.lane, one.taken);
        } else lanes.release(one.lane);
        one.taken = undefined;
      } else {
        const item = lanes.take();
        const owner = all.find(({ waiting, taken }) => taken === undefined && waiting[0] === item);
        if (item === undefined) assert.ok(all.every(({ waiting, taken }) => waiting.length === 0 || taken !== undefined));
        else owner!.taken = owner!.waiting.shift();
      }
    }
  });
});

describe("a circuit breaker", () => {
  test("opens after failures in a row, lets one try through after the pause, and closes when that succeeds", () => {
    const circuit = new CircuitBreaker(2, 100);
    circuit.failed(circuit.started(), 0);
    circuit.succeeded(circuit.started());
    assert.equal(circuit.failed(circuit.started(), 1), false);
    assert.equal(circuit.failed(circuit.started(), 2), true);
    assert.deepEqual([circuit.isOpen, circuit.startsAtMs], [true, 102]);
    const first = circuit.started();
    assert.equal(circuit.startsAtMs, Infinity);
    assert.equal(circuit.failed(first, 150), true);
    assert.equal(circuit.startsAtMs, 250);
    circuit.succeeded(circuit.started());
    assert.deepEqual([circuit.isOpen, circuit.failed(circuit.started(), 300)], [false, false]);
  });

  test("what was started before it opened neither closes it, nor ends the one try, nor opens it again", () => {
    const circuit = new CircuitBreaker(1, 100);
    const [opener, slow, slower, slowest] = Array.from({ length: 4 }, () => circuit.started());
    assert.equal(circuit.failed(opener!, 0), true);
    circuit.succeeded(slow!);
    assert.deepEqual([circuit.isOpen, circuit.startsAtMs], [true, 100]);
    const tried = circuit.started();
    assert.equal(circuit.failed(slower!, 110), false);
    assert.equal(circuit.startsAtMs, Infinity);
    circuit.succeeded(tried);
    assert.equal(circuit.failed(slowest!, 120), false);
    assert.equal(circuit.isOpen, false);
  });
});

describe("a window of names", () => {
  test("knows what was handled within its time and number, and makes doubles wait for the one in hand", () => {
    const window = new DeduplicationWindow(100, 2);
    const woken: string[] = [];
    const begin = (name: string, now: number) => window.begin(name, now, () => woken.push(name));
    assert.deepEqual([begin("a", 0), begin("a", 1)], ["new", "inHand"]);
    window.end("a", false, 2);
    assert.deepEqual(woken, ["a"]);
    assert.equal(begin("a", 3), "new");
    window.end("a", true, 3);
    assert.deepEqual([begin("a", 103), begin("a", 104)], ["handled", "new"]);
    for (const name of ["a", "b", "c"]) {
      if (name !== "a") begin(name, 105);
      window.end(name, true, 105);
    }
    assert.deepEqual([begin("a", 106), begin("b", 106), begin("c", 106)], ["new", "handled", "handled"]);
  });
});

describe("the name of a record in the window", () => {
  const name = (topic: string, value: string) => deduplicationName(topic, Buffer.from(value, "latin1"));

  test("is its topic's own, and as short whatever the key's length", () => {
    assert.notEqual(name("orders", "7"), name("payments", "7"));
    assert.notEqual(name("a", "b"), name("a b", ""));
    assert.equal(name("orders", "\u00ff"), name("orders", "\u00ff"));
    const long = "k".repeat(1_000_000);
    assert.notEqual(name("orders", long), name("orders", `${long}k`));
    assert.ok(name("orders", long).length < 100);
    // A key that is made to look like another's digest is not that one.
    assert.notEqual(name("orders", long), name("orders", name("orders", long).slice("orders ".length)));
  });
});

describe("what happens to a record that failed", () => {
  const random = new SeededRandom(1);
  const policy: FailurePolicy = {
    attempts: 2,
    backoffMs: 100,
    backoffMaxMs: 1000,
    retryTopics: [
      { topic: "r1", delayMs: 10 },
      { topic: "r2", delayMs: 20 },
    ],
    deadLetterTopic: "dead",
    otherwise: "fail",
    decide: undefined,
    isMoving: true,
  };
  const judge = (
    triesHere: number,
    level: number,
    wanted?: Parameters<typeof judgeFailure>[1]["wanted"],
    over: Partial<FailurePolicy> = {},
  ) => judgeFailure({ ...policy, ...over }, { triesHere, level, wanted }, random);

  test("is tried in place, then goes from retry topic to retry topic, then to the dead letters", () => {
    const first = judge(1, 0);
    assert.ok(first.kind === "retry" && first.delayMs >= 80 && first.delayMs <= 120);
    assert.deepEqual(judge(2, 0), { kind: "move", topic: "r1", delayMs: 10, level: 1 });
    assert.deepEqual(judge(2, 1), { kind: "move", topic: "r2", delayMs: 20, level: 2 });
    assert.deepEqual(judge(2, 2), { kind: "move", topic: "dead", delayMs: undefined, level: 2 });
    assert.deepEqual(judge(2, 2, undefined, { deadLetterTopic: undefined }), { kind: "fail" });
    assert.deepEqual(judge(2, 2, undefined, { deadLetterTopic: undefined, otherwise: "skip" }), { kind: "skip" });
  });

  test("is what the application decides, where it does", () => {
    assert.deepEqual(judge(1, 0, "deadLetter"), { kind: "move", topic: "dead", delayMs: undefined, level: 0 });
    assert.deepEqual(judge(1, 0, "retryTopic"), { kind: "move", topic: "r1", delayMs: 10, level: 1 });
    assert.deepEqual([judge(1, 0, "skip"), judge(1, 0, "fail")], [{ kind: "skip" }, { kind: "fail" }]);
    assert.equal(judge(99, 0, "retry").kind, "retry");
  });

  test("is told by headers behind its own, which keep the first origin and count on", () => {
    const own = [
      { key: "a", value: Buffer.from("1") },
      { key: "a", value: null },
    ];
    const error = Object.assign(new RangeError("too far"), { code: "E_FAR" });
    const first = failureHeaders(
      { ...record, headers: own },
      { before: undefined, groupId: "g", attempts: 2, error, nowMs: 50, level: 1, dueAt: 60 },
    );
    const headers = first.map(({ key, value }) => ({ key, value: value === null ? null : Buffer.from(value as Uint8Array) }));
    assert.deepEqual(headers.slice(0, 2), own);
    const read = readFailure({ headers })!;
    assert.deepEqual(
      { ...read, errorStack: undefined },
      {
        origin: { topic: "t", partition: 3, offset: 7, timestamp: 5 },
        groupId: "g",
        attempts: 2,
        errorName: "RangeError E_FAR",
        errorMessage: "too far",
        errorStack: undefined,
        firstFailedAt: 50,
        lastFailedAt: 50,
        retryLevel: 1,
        dueAt: 60,
      },
    );
    const again = failureHeaders(
      { ...record, topic: "r1", offset: 0, headers },
      { before: read, groupId: "g", attempts: 4, error: "why", nowMs: 90, level: 1, dueAt: undefined },
    );
    const second = readFailure({ headers: again.map(({ key, value }) => ({ key, value: value as Buffer })) })!;
    assert.deepEqual(
      [second.origin, second.attempts, second.firstFailedAt, second.lastFailedAt, second.dueAt],
      [read.origin, 4, 50, 90, undefined],
    );
    assert.equal(again.filter(({ key }) => key === "ottla.origin.topic").length, 1);
  });

  test("headers of somebody else, or damaged ones, tell nothing", () => {
    assert.equal(readFailure({ headers: [] }), undefined);
    assert.equal(readFailure({ headers: [{ key: "ottla.origin.topic", value: Buffer.from("t") }] }), undefined);
  });
});
