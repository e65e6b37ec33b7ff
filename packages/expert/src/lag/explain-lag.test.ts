import assert from "node:assert/strict";
import { test } from "node:test";
import { explainLag } from "./explain-lag.ts";
import { type GroupObservation, observe } from "./group-observation.ts";
import type { GroupSample, SampledPartition } from "./group-sample.ts";
import { reportLag } from "./lag-report.ts";

const member = (n: number) => ({ memberId: `m${n}`, clientId: `app-${n}`, clientHost: `/10.0.0.${n}` });

interface Moment {
  readonly state?: string;
  readonly members?: number;
  readonly partitions: readonly Partial<SampledPartition>[];
}

/** What is known after looks 10 s apart. Partitions have their number, belong to the first member and are stable to their end, if nothing else is said. */
function seen(...moments: readonly Moment[]): GroupObservation {
  let observation: GroupObservation | undefined;
  for (const [i, { state = "Stable", members = 1, partitions }] of moments.entries()) {
    const sample: GroupSample = {
      groupId: "billing",
      timeMs: i * 10_000,
      state,
      members: Array.from({ length: members }, (_, n) => member(n)),
      partitions: partitions.map((partition, number) => ({
        topic: "orders",
        partition: number,
        committed: undefined,
        logStartOffset: 0,
        highWatermark: 0,
        lastStableOffset: partition.highWatermark,
        memberId: members > 0 ? "m0" : undefined,
        ...partition,
      })),
    };
    observation = observe(observation, sample);
  }
  return observation!;
}

function explain(...moments: readonly Moment[]) {
  const observation = seen(...moments);
  return explainLag(observation, reportLag(observation)).causes;
}

const ids = (...moments: readonly Moment[]) => explain(...moments).map(({ id }) => id);

test("a group without lag has no cause", () => {
  assert.deepEqual(ids({ partitions: [{ committed: 5, highWatermark: 5 }] }), []);
  assert.deepEqual(ids({ partitions: [] }), []);
});

test("records that expired before they were read come first", () => {
  const [cause] = explain({ members: 0, state: "Empty", partitions: [{ committed: 5, logStartOffset: 9, highWatermark: 20 }] });
  assert.equal(cause?.id, "records-lost");
  assert.match(cause.what, /up to 4 records/);
});

test("a group that stands where the log begins has lost nothing", () => {
  assert.deepEqual(ids({ members: 0, state: "Empty", partitions: [{ committed: 9, logStartOffset: 9, highWatermark: 20 }] }), [
    "no-members",
  ]);
});

test("a group that nobody is in", () => {
  const [cause] = explain({ members: 0, state: "Empty", partitions: [{ committed: 5, highWatermark: 9 }] });
  assert.deepEqual([cause?.id, cause?.partitions], ["no-members", ["orders:0"]]);
});

test("a partition without a leader", () => {
  assert.deepEqual(ids({ partitions: [{ committed: 5, highWatermark: undefined, logStartOffset: undefined }] }), ["no-leader"]);
});

test("a rebalance, now and again and again", () => {
  const partitions = [{ committed: 5, highWatermark: 9 }];
  assert.deepEqual(ids({ state: "PreparingRebalance", partitions }), ["rebalancing"]);
  const again = explain(
    { partitions },
    { state: "PreparingRebalance", partitions },
    { partitions },
    { state: "Assigning", partitions },
    { partitions },
  );
  assert.match(again.find(({ id }) => id === "rebalancing")!.what, /again and again/);
  assert.ok(!ids({ partitions }, { state: "PreparingRebalance", partitions }, { partitions }).includes("rebalancing"), "once is no storm");
});

test("an open transaction before the end", () => {
  const open = { committed: 5, lastStableOffset: 5, highWatermark: 9 };
  assert.deepEqual(ids({ partitions: [open] }), ["open-transaction"]);
  assert.ok(!ids({ partitions: [{ ...open, committed: 4 }] }).includes("open-transaction"), "there is something left to read");
});

test("a partition that nobody is assigned", () => {
  const [cause] = explain({
    partitions: [
      { committed: 5, highWatermark: 5 },
      { committed: 5, highWatermark: 9, memberId: undefined },
    ],
  });
  assert.deepEqual([cause?.id, cause?.partitions], ["nobody-assigned", ["orders:1"]]);
});

test("a member that commits nothing, and a partition that stands while its member goes on", () => {
  const stuck = { committed: 5, highWatermark: 9 };
  assert.deepEqual(ids({ partitions: [stuck] }, { partitions: [stuck] }, { partitions: [stuck] }), ["stuck-member"]);
  assert.deepEqual(ids({ partitions: [stuck] }, { partitions: [stuck] }), ["too-slow"], "ten seconds are two commits of nobody's");
  const moving = (committed: number) => ({ committed, highWatermark: 900 });
  const alone = explain({ partitions: [stuck, moving(10)] }, { partitions: [stuck, moving(20)] }, { partitions: [stuck, moving(30)] });
  assert.deepEqual(
    alone.map(({ id, partitions }) => [id, partitions]),
    [["stuck-partition", ["orders:0"]]],
  );
  assert.match(alone[0]!.commands[0]!, /--partition 0 --offset 5 --max-messages 1/);
});

test("one of two members is slow", () => {
  const at = (fast: number, slow: number, end: number) => ({
    members: 2,
    partitions: [
      { committed: fast, highWatermark: end, memberId: "m0" },
      { committed: slow, highWatermark: end, memberId: "m1" },
    ],
  });
  const [first] = explain(at(1000, 100, 1000), at(2000, 150, 2000), at(3000, 200, 3000));
  assert.equal(first?.id, "slow-member");
  assert.match(first.what, /app-1 at \/10\.0\.0\.1/);
  assert.deepEqual(first?.partitions, ["orders:1"]);
  assert.deepEqual(ids(at(100, 100, 1000), at(150, 150, 2000), at(200, 200, 3000)), ["too-slow"], "all of them are no exception");
});

test("one partition of four is hot", () => {
  const at = (hotEnd: number, hot: number, others: number) => ({
    partitions: [{ committed: hot, highWatermark: hotEnd }, ...[1, 2, 3].map(() => ({ committed: others, highWatermark: others }))],
  });
  const causes = explain(at(1000, 500, 10), at(2000, 600, 20), at(3000, 700, 30));
  assert.deepEqual(
    causes.map(({ id }) => id),
    ["hot-partition", "too-slow"],
  );
  assert.deepEqual(causes[0]?.partitions, ["orders:0"]);
});

test("a group that is too slow is told how many members would do, or that partitions are too few", () => {
  const at = (committed: number, highWatermark: number) => ({ partitions: [0, 1, 2, 3].map(() => ({ committed, highWatermark })) });
  const [slow] = explain(at(0, 1000), at(500, 2000), at(1000, 3000));
  // 400 a second come in, one member reads 200, 8,000 wait: (400 + 8000 / 1800) / 200.
  assert.match(slow!.remedy, /^Run 3 members/);
  const [slower] = explain(at(0, 1000), at(100, 2000), at(200, 3000));
  assert.match(slower!.remedy, /^11 members .* there are 4 partitions/);
});

test("a group that catches up is told when", () => {
  const at = (committed: number, highWatermark: number) => ({ partitions: [{ committed, highWatermark }] });
  const [cause] = explain(at(0, 10_000), at(2000, 11_000), at(4000, 12_000));
  assert.deepEqual([cause?.id, cause?.what], ["catching-up", "The group catches up: at this pace it is there in 1 min 20 s."]);
});

test("one look at a lag says that it cannot tell", () => {
  assert.deepEqual(ids({ partitions: [{ committed: 5, highWatermark: 9 }] }), ["too-little-seen"]);
  assert.equal(reportLag(seen({ partitions: [{ committed: 5, highWatermark: 9 }] })).status, "UNKNOWN");
});

test("names are words of a shell in commands", () => {
  const observation = {
    ...seen({ members: 0, state: "Empty", partitions: [{ committed: 5, highWatermark: 9 }] }),
    groupId: "it's; rm -rf",
  };
  const [cause] = explainLag(observation, reportLag(observation)).causes;
  assert.equal(cause?.commands[0], `ottla groups describe 'it'\\''s; rm -rf'`);
});

test("a loss is foretold only where retention has begun to take records", () => {
  const behind = (logStartOffset: number) =>
    reportLag(
      seen(
        { partitions: [{ committed: 500, logStartOffset, highWatermark: 1000 }] },
        { partitions: [{ committed: 600, logStartOffset, highWatermark: 1200 }] },
      ),
    ).lossS;
  // Kept are 1,200 − 200 records, 600 of them unread, and 10 more a second are.
  assert.equal(behind(200), 40);
  assert.equal(behind(0), undefined);
});
