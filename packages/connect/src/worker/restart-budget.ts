import type { RestartSettings } from "./task-settings.ts";

/** What was spent of it: when restarts were made, oldest first. */
export type RestartHistory = readonly number[];

/** A window in which restarts count. */
const WINDOW_MS = 3_600_000;

/**
 * The next restart by itself, or that there is none. Pure: `nowMs` is monotonic, `share` (0 to 1) says how much of the pause's second half passes: what failed together, since what all need was gone, does not come back
 * together.
 */
export function nextRestart(
  history: RestartHistory,
  { restartsMax, backoffMs, backoffMaxMs }: RestartSettings,
  at: { readonly nowMs: number; readonly share: number; readonly afterMs?: number | undefined },
): { readonly delayMs: number; readonly history: RestartHistory } | undefined {
  const recent = history.filter((ms) => at.nowMs - ms < WINDOW_MS);
  if (recent.length >= restartsMax) return undefined;
  const halfMs = Math.min(backoffMaxMs, backoffMs * 2 ** recent.length) / 2;
  // Who says when it may be tried again is not asked before, and not by all at once.
  const delayMs = Math.max(halfMs, at.afterMs ?? 0) + halfMs * at.share;
  return { delayMs: Math.round(delayMs), history: [...recent, at.nowMs] };
}
