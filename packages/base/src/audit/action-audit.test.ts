import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk, SimulatedClock } from "@ottla/base/simulated";
import { silentLogger } from "../seams/logger.ts";
import { ActionAudit } from "./action-audit.ts";

const asked = { visitor: { name: "anna", host: "127.0.0.1" }, action: "pause", resource: { type: "connector", name: "c" } };

test("where it is required and there is no place for it, nothing may be done", async () => {
  const deps = { clock: new SimulatedClock(), disk: new MemoryDisk(), logger: silentLogger };
  // A service that can write no topics.
  const audit = new ActionAudit("connect", { topic: "told", isRequired: true }, deps);
  await assert.rejects(audit.begin({}, asked), { code: "AUDIT_UNWRITABLE", message: /^The audit cannot be written to any place, / });
  await new ActionAudit("connect", undefined, deps).begin({}, asked);
});

test("of what takes long it is told that it began, and what it is, whether or not that is required", async () => {
  for (const isRequired of [false, true]) {
    const [clock, disk] = [new SimulatedClock(), new MemoryDisk()];
    const audit = new ActionAudit("console", { path: "/audit", isRequired }, { clock, disk, logger: silentLogger });
    const request = {};
    audit.expect(request, asked);
    await audit.beginLong(request, { plan: "p" });
    const read = (): readonly string[] => disk.readFile("/audit").toString().trim().split("\n");
    for (let turn = 0; turn < 9; turn++) await new Promise(setImmediate);
    // Whoever does it is gone from here on.
    assert.match(read().at(-1)!, /"outcome":"began".*"plan":"p"/, String(isRequired));
    audit.end(request, { outcome: "succeeded" });
    await audit.close();
    assert.deepEqual(
      read().map((line) => /"outcome":"(\w+)"/.exec(line)?.[1]),
      [undefined, "began", "succeeded", undefined],
    );
  }
});
