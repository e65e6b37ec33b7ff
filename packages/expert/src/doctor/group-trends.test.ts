import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterObservation } from "./cluster-observation.ts";
import { glanceAtGroups, observeCluster } from "./cluster-observation.ts";
import { examineCluster } from "./examine-cluster.ts";
import { exampleCluster, exampleGroup, exampleTopic } from "./example-cluster.ts";

type Given = NonNullable<Parameters<typeof exampleGroup>[2]>;
const HOUR_MS = 3_600_000;

/** Looks at one group so many ms apart, with glances after those whose number is given. */
function watch(everyMs: number, given: readonly Given[], glances: Readonly<Record<number, readonly string[]>> = {}): ClusterObservation {
  let observation: ClusterObservation | undefined;
  for (const [i, each] of given.entries()) {
    const snapshot = exampleCluster({ read: [exampleGroup("billing", "orders", each)] });
    observation = observeCluster(observation, { ...snapshot, monotonicMs: HOUR_MS + i * everyMs });
    for (const state of glances[i] ?? []) observation = glanceAtGroups(observation, new Map([["billing", state]]));
  }
  return observation!;
}

const said = (observation: ClusterObservation) => examineCluster(observation).findings.map(({ rule }) => rule);
const at = (offset: number, end = 1000): Given => ({ members: { a: [0] }, committed: [offset], ends: [end] });
const times = <Item>(count: number, item: (i: number) => Item): Item[] => Array.from({ length: count }, (_, i) => item(i));

test("a group that went back is told however often, and however long, it is looked at", () => {
  // What a quiet machine saw: a look every 550 ms, back at the 15th of 24, and ten looks since then that only went up.
  const seen = [...times(14, (i) => at(500 + 36 * i)), ...times(10, (i) => at(126 + 2 * i))];
  assert.deepEqual(said(watch(550, seen)), ["GRP-03"]);
  assert.deepEqual(said(watch(550, [...seen, ...times(500, (i) => at(150 + i))])), ["GRP-03"]);
  assert.deepEqual(said(watch(550, [...seen, at(968)])), [], "it has come to where it was again");
  assert.deepEqual(said(watch(550, [at(500), at(1000), at(900, 900)])), [], "nothing is read again");
});

test("a topic that was made anew under its name has no group that went back", () => {
  const look = (topicId: string, offset: number, i: number) => ({
    ...exampleCluster({ only: [{ ...exampleTopic("orders"), topicId }], read: [exampleGroup("billing", "orders", at(offset))] }),
    monotonicMs: HOUR_MS + i * 5000,
  });
  const anew = observeCluster(observeCluster(undefined, look("AAAAAAAAAAAAAAAAAAAAAA", 900, 0)), look("BBBBBBBBBBBBBBBBBBBBBB", 10, 1));
  assert.deepEqual(said(anew), []);
});

test("looks that come faster than commits do not make a group that stands still", () => {
  // It commits every 5 s and reads all that comes; records come all the time.
  const steady = times(30, (i): Given => at(Math.floor((i * 500) / 5000) * 5000 + 10, i * 500 + 100));
  assert.deepEqual(said(watch(500, steady)), []);
  assert.deepEqual(
    said(
      watch(
        500,
        times(30, (i) => at(7, 100 + i)),
      ),
    ),
    ["GRP-02"],
  );
});

test("members that live for moments are seen by glances, where every look sees none", () => {
  const nobody: Given = { members: {} };
  const looks = times(8, () => nobody);
  assert.deepEqual(said(watch(500, looks)), []);
  const glances = { 1: ["Stable", "Empty"], 4: ["PreparingRebalance", "Stable", "Empty"] };
  const [storm] = examineCluster(watch(500, looks, glances)).findings;
  assert.equal(storm?.rule, "GRP-10");
  assert.match(storm.message, /join and go again within moments/);
  assert.deepEqual(said(watch(500, looks, { 1: ["Stable", "Empty"] })), [], "two changes are no storm");
});

test("one rebalance that takes long is one", () => {
  const rebalancing = times(20, (): Given => ({ state: "PreparingRebalance", members: { a: [], b: [] } }));
  assert.deepEqual(said(watch(500, [{}, ...rebalancing, {}], { 3: ["CompletingRebalance"], 5: ["PreparingRebalance"] })), []);
});

test("why a group does not settle is told apart: overruns, lost sessions, restarts", () => {
  const cycle = (member: (i: number) => Given) =>
    examineCluster(watch(5000, times(10, member))).findings.find(({ rule }) => rule === "GRP-10");
  // It leaves, comes back under another id, and stands where it stood.
  const overrun = cycle((i) => ({ ...at(100, 1000 + i), members: i % 2 === 0 ? { [`a-${i}`]: [0] } : {} }));
  assert.match(overrun!.message, /longer than max\.poll\.interval\.ms/);
  // The new one is there before the old one is expelled.
  const lost = cycle((i) => ({
    ...at(100 + i, 1000 + i),
    members: i % 2 === 0 ? { [`a-${i}`]: [0] } : { [`a-${i - 1}`]: [0], [`a-${i + 1}`]: [] },
  }));
  assert.match(lost!.message, /session\.timeout\.ms/);
  const restarted = cycle((i) => ({ ...at(100 + i * 10, 1000 + i * 10), members: i % 2 === 0 ? { [`a-${i}`]: [0] } : {} }));
  assert.match(restarted!.message, /restarted again and again/);
});
