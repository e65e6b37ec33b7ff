import assert from "node:assert/strict";
import { test } from "node:test";
import type { CdcOffset } from "../changes/cdc-offset.ts";
import { judgeSlot, type ServerIdentity, type SlotState } from "./judge-slot.ts";

const server: ServerIdentity = {
  systemId: "77",
  timeline: 3,
  database: "store",
  switches: new Map([
    [1, 500n],
    [2, 900n],
  ]),
};
const slot: SlotState = {
  plugin: "pgoutput",
  database: "store",
  confirmedLsn: 400n,
  isActive: false,
  walStatus: "reserved",
  invalidation: undefined,
};
const at = (commitLsn: bigint, timeline = 3, systemId = "77"): CdcOffset => ({ commitLsn, identity: { systemId, timeline, slot: "s" } });

const cases: readonly [string, SlotState | undefined, CdcOffset | undefined, string, RegExp?][] = [
  ["nothing was read and there is no slot", undefined, undefined, "create"],
  ["nothing was read and somebody made the slot", slot, undefined, "use"],
  ["the slot is where reading stopped", slot, at(400n), "use"],
  ["the slot is behind, since the last acknowledgement was lost", slot, at(401n), "use"],
  [
    "the slot was made anew",
    { ...slot, confirmedLsn: 402n },
    at(401n),
    "lost",
    /begins at 0\/192, but everything is read up to 0\/191 only/,
  ],
  ["the slot is gone", undefined, at(400n), "lost", /is gone, so what was written since 0\/190/],
  ["the server threw the log away", { ...slot, walStatus: "lost" }, at(400n), "lost", /max_slot_wal_keep_size/],
  ["the server invalidated the slot", { ...slot, invalidation: "idle_timeout" }, at(400n), "lost", /idle_timeout/],
  ["an unread slot is invalid", { ...slot, invalidation: "rows_removed" }, undefined, "lost", /rows_removed/],
  ["the database is another one", slot, at(400n, 3, "78"), "lost", /cluster 78, but this one is 77/],
  ["a standby was promoted behind what was read", slot, at(900n, 2), "use"],
  ["a standby was promoted that lacked what was read", slot, at(901n, 2), "lost", /left that timeline at 0\/384/],
  ["two promotions lie between", slot, at(501n, 1), "lost", /timeline 1/],
  ["the old primary came back", slot, at(400n, 4), "lost", /older primary/],
  ["Debezium wrote the offset", slot, { commitLsn: 400n }, "use"],
  ["the slot has another plugin", { ...slot, plugin: "test_decoding" }, undefined, "wrong", /test_decoding/],
  ["the slot is of another database", { ...slot, database: "other" }, at(400n), "wrong", /database other/],
];

for (const [name, state, offset, kind, problem] of cases)
  test(`${name}: ${kind}`, () => {
    const verdict = judgeSlot("s", state, offset, server);
    assert.equal(verdict.kind, kind);
    if (problem !== undefined) assert.match("problem" in verdict ? verdict.problem : "", problem);
  });
