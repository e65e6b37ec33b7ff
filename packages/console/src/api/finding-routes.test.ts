import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { Doctor } from "../findings/doctor.ts";
import type { Examination } from "../findings/examination.ts";
import type { ConsoleContext } from "./console-context.ts";
import { findingRoutes } from "./finding-routes.ts";

test("findings that are old are answered at once and marked, and who waits gets the new ones", async () => {
  const clock = new SimulatedClock();
  let examinations = 0;
  let held = Promise.resolve();
  const examine = async (): Promise<Examination> => {
    const takenAtMs = ++examinations;
    await held;
    return { report: { takenAtMs } as Examination["report"], certificates: [] };
  };
  const doctor = new Doctor({ isApart: true, examine, close: async () => {} }, clock);
  const routes = findingRoutes({ doctor, watch: { touch() {} } } as unknown as ConsoleContext);
  const asked = async (path: string) => {
    const { takenAtMs, isRenewing } = (await (await routes.request(path)).json()) as { takenAtMs: number; isRenewing: boolean };
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
