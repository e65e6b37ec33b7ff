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
