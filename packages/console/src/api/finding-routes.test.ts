import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { Doctor } from "../findings/doctor.ts";
import type { Examination } from "../findings/examination.ts";
import type { ConsoleContext } from "./console-context.ts";
import { findingRoutes } from "./finding-routes.ts";

interface Told {
  readonly takenAtMs: number;
  readonly isRenewing: boolean;
  readonly found: number;
  readonly findings: readonly { readonly rule: string }[];
}

test("findings that are old are answered at once and marked, and who waits gets the new ones", async () => {
  const clock = new SimulatedClock();
  let examinations = 0;
  let held = Promise.resolve();
  const examine = async (): Promise<Examination> => {
    const takenAtMs = ++examinations;
    await held;
    const findings = Array.from({ length: 600 }, (_, i) => ({ rule: `r${i}` }));
    return { report: { takenAtMs, findings } as unknown as Examination["report"], certificates: [] };
  };
  const doctor = new Doctor({ isApart: true, examine, close: async () => {} }, clock);
  const routes = findingRoutes({ doctor, watch: { touch() {} } } as unknown as ConsoleContext);
  const asked = async (path: string) => {
    const { takenAtMs, isRenewing, ...told } = (await (await routes.request(path)).json()) as Told;
    assert.deepEqual(
      [told.found, told.findings.length, told.findings.at(-1)?.rule],
      [600, 500, "r499"],
      "the gravest, and how many there are",
    );
    return [takenAtMs, isRenewing];
  };
  assert.deepEqual(await asked("/findings"), [1, false]);
  clock.advance(60_000);
  const go = Promise.withResolvers<void>();
  held = go.promise;
  assert.deepEqual(await asked("/findings"), [1, true]);
  const waits = asked("/findings?anew=true");
  go.resolve();
  assert.deepEqual(await waits, [2, false]);
  assert.deepEqual([await asked("/findings"), examinations], [[2, false], 2]);
});
