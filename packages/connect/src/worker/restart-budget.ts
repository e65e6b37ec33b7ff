import type { RestartSettings } from "./task-settings.ts";

/** What was spent of it: when restarts were made, oldest first. */
export type RestartHistory = readonly number[];

/** A window in which restarts count. */
const WINDOW_MS = 3_600_000;

/** The next restart by itself, or that there is none. Pure: `nowMs` is monotonic. */
export function nextRestart(
  history: RestartHistory,
  { restartsMax, backoffMs, backoffMaxMs }: RestartSettings,
  nowMs: number,
  afterMs?: number,
): { readonly delayMs: number; readonly history: RestartHistory } | undefined {
  const recent = history.filter((at) => nowMs - at < WINDOW_MS);
  if (recent.length >= restartsMax) return undefined;
  const delayMs = Math.max(afterMs ?? 0, Math.min(backoffMaxMs, backoffMs * 2 ** recent.length));
  return { delayMs, history: [...recent, nowMs] };
}
