import { pause } from "@ottla/base";
import { isDone } from "../../plan/change-kinds.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { actionsOf, type ExecutableChange } from "./action-table.ts";
import type { ApplyWorld } from "./change-actions.ts";

const FIRST_LOOK_MS = 50;
const LOOK_MAX_MS = 2000;
/** Sizes of logs are asked of whole brokers, so that it is not done at each look. */
const PROGRESS_MS = 5000;

/**
 * Looks at the cluster until it shows what the change asks for. A look that fails, as one at a broker that restarts, is tried again. Errors: `PLAN_NOT_DONE` after `withinS`, the signal's reason.
 */
export async function waitUntilDone(
  world: ApplyWorld,
  change: ExecutableChange,
  withinS: number,
  onProgress: (text: string) => void,
): Promise<void> {
  const { clock, signal } = world;
  const actions = actionsOf(change);
  const untilMs = clock.monotonicMs() + withinS * 1000;
  let pauseMs = FIRST_LOOK_MS;
  let toldMs = clock.monotonicMs();
  for (;;) {
    let failure: unknown;
    try {
      const now = await actions.observe(world, change);
      if (isDone(change, now as never)) return;
      if (actions.progress && clock.monotonicMs() - toldMs >= PROGRESS_MS) {
        toldMs = clock.monotonicMs();
        const text = await actions.progress(world, change, now);
        if (text !== undefined) onProgress(text);
      }
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
    if (clock.monotonicMs() >= untilMs)
      throw new PlanError("PLAN_NOT_DONE", `It was asked for, but within ${withinS} s it could not be seen to be done.`, {
        cause: failure,
      });
    await pause(clock, pauseMs, signal);
    signal.throwIfAborted();
    pauseMs = Math.min(LOOK_MAX_MS, pauseMs * 2);
  }
}
