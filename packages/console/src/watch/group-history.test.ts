import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupHistory, type GroupLook } from "./group-history.ts";

const member = (memberId: string) => ({ memberId, clientId: "c", clientHost: "/127.0.0.1" });
const look = (state: string, epoch: number, owners: Readonly<Record<string, string>>): GroupLook => ({
  state,
  epoch,
  members: [...new Set(Object.values(owners))].map(member),
  owners: new Map(Object.entries(owners)),
});

test("members that came and went, partitions that moved, states and epochs are a group's history", () => {
  const history = new GroupHistory();
  const looks = [
    look("Stable", 1, { "t:0": "a", "t:1": "a" }),
    look("Stable", 1, { "t:0": "a", "t:1": "a" }),
    look("Reconciling", 2, { "t:0": "a", "t:1": "b" }),
    look("Empty", 3, {}),
  ];
  for (const [at, each] of looks.entries()) history.see("g", each, at);
  assert.deepEqual(
    history.turns("g").map(({ atMs, stateBefore, state, epoch, came, went, moved, members }) => ({
      atMs,
      state: `${stateBefore} → ${state}`,
      epoch,
      came: came.map(({ memberId }) => memberId),
      went: went.map(({ memberId }) => memberId),
      moved,
      members,
    })),
    [
      { atMs: 3, state: "Reconciling → Empty", epoch: 3, came: [], went: ["a", "b"], moved: 2, members: 0 },
      { atMs: 2, state: "Stable → Reconciling", epoch: 2, came: ["b"], went: [], moved: 1, members: 2 },
    ],
  );
});

test("histories are bounded in turns and in groups", () => {
  const history = new GroupHistory();
  for (let epoch = 0; epoch < 1_000; epoch++) history.see("busy", look("Stable", epoch, {}), epoch);
  assert.equal(history.turns("busy").length, 200);
  for (let group = 0; group < 500; group++) history.see(`g${group}`, look("Empty", 0, {}), group);
  assert.equal(history.turns("busy").length, 0);
});
