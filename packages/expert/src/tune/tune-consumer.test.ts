import assert from "node:assert/strict";
import { test } from "node:test";
import type { LagReport, PartitionReport } from "../lag/lag-report.ts";
import { documentOf } from "./document-of.ts";
import { tuneConsumer } from "./tune-consumer.ts";

type Given = readonly [memberId: string | undefined, consumedPerS: number | undefined, lag: number];

function report(producedPerS: number | undefined, ...given: readonly Given[]): LagReport {
  const partitions = given.map(
    ([memberId, consumedPerS, lag], partition): PartitionReport => ({
      topic: "orders",
      partition,
      status: "OK",
      committed: 0,
      logStartOffset: 0,
      lastStableOffset: 0,
      highWatermark: 0,
      lag,
      timeLagMs: undefined,
      producedPerS: undefined,
      consumedPerS,
      memberId,
    }),
  );
  const rest = {
    status: "OK",
    timeLagMs: undefined,
    consumedPerS: 1,
    drainS: null,
    lossS: null,
    worst: undefined,
    observedMs: 10_000,
    samples: 10,
  } as const;
  const members = new Set(given.flatMap(([memberId]) => memberId ?? [])).size;
  return {
    groupId: "billing",
    state: "Stable",
    members,
    totalLag: given.reduce((sum, [, , lag]) => sum + lag, 0),
    producedPerS,
    partitions,
    ...rest,
  };
}

const changed = (...args: Parameters<typeof tuneConsumer>) => tuneConsumer(...args).changes.map(({ key, from, to }) => [key, from, to]);

test("max.poll.records follows from what a record takes the slowest busy member: 10 s a record leave 15, 50 ms leave 3000", () => {
  assert.deepEqual(changed(report(1, ["a", 0.1, 9]), undefined, "4.4"), [["max.poll.records", "500", "15"]]);
  const quick = tuneConsumer(report(1, ["a", 20, 9]), undefined, "4.4");
  assert.deepEqual([quick.changes, quick.kept, quick.fitting], [[], ["max.poll.records"], 3000]);
  const several = tuneConsumer(report(1, ["a", 20, 9], ["b", 0.05, 1], ["b", 0.05, 0], ["c", 0.01, 0]), undefined, "4.4");
  assert.deepEqual([several.slowest?.memberId, several.slowest?.partitions, several.fitting], ["b", 2, 15]);
});

test("what a file says counts, and where not one record fits the interval grows", () => {
  const file = documentOf("c.properties", "group.id=billing\nkey.deserializer=x\nmax.poll.records=10\nmax.poll.interval.ms=60000\n")!;
  assert.deepEqual(changed(report(1, ["a", 3, 9]), file, "4.4"), []);
  const just = documentOf("c.properties", "group.id=billing\nkey.deserializer=x\nmax.poll.records=15\n")!;
  assert.deepEqual(changed(report(1, ["a", 0.1, 9]), just, "4.4"), [], "what just fits stays");
  assert.deepEqual(changed(report(1, ["a", 0.2, 9]), file, "4.4"), [["max.poll.records", "10", "6"]]);
  assert.deepEqual(changed(report(1, ["a", 0.02, 9]), file, "4.4"), [
    ["max.poll.records", "10", "1"],
    ["max.poll.interval.ms", "60000", "120000"],
  ]);
  const template = documentOf("c.properties", "group.id=billing\nkey.deserializer=x\nmax.poll.records=${RECORDS}\n")!;
  assert.deepEqual(tuneConsumer(report(1, ["a", 0.2, 9]), template, "4.4").unknown, ["max.poll.records"]);
});

test("where nobody was busy nothing is changed, and it is said why", () => {
  for (const [given, told] of [
    [report(1, ["a", 5, 0]), /a record takes 200 ms at most\. Watch while records wait\.$/],
    [report(undefined, [undefined, undefined, 7]), /no members/],
    [report(0, ["a", 0, 7]), /No member committed anything/],
    [report(0, ["a", undefined, 0]), /Nothing came and nothing waits/],
  ] as const) {
    const { changes, slowest, notes } = tuneConsumer(given, undefined, "4.4");
    assert.deepEqual([changes, slowest], [[], undefined]);
    assert.match(notes.join(), told);
  }
});

test("how many members keep up is told, and that partitions bound them", () => {
  const [note] = tuneConsumer(report(5000, ["a", 125, 9], ["b", 125, 9]), undefined, "4.4").notes;
  assert.match(
    note!,
    /^40 members keep up with 5,000 records\/s at this pace; there are 2, and 2 partitions\. More members than partitions stay idle/,
  );
  assert.match(tuneConsumer(report(10, ["a", 125, 9]), undefined, "4.4").notes[0]!, /^1 member keeps up with 10 records\/s/);
});
