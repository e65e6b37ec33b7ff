import type { ApplicationStates } from "./application-state.ts";

/** Calls `close` at the first signal of each kind until the application has ended; the second one of a kind does what it did before. */
export function closeOnSignals(signals: readonly NodeJS.Signals[], states: ApplicationStates, close: () => void): void {
  if (signals.length === 0) return;
  for (const signal of signals) process.once(signal, close);
  states.listen((to) => {
    if (to === "NOT_RUNNING" || to === "ERROR") for (const signal of signals) process.removeListener(signal, close);
  });
}
