/** What a command still has in hand when it is asked to end (acknowledgements, a last commit) may take so long in all; the process ends it soon after. */
const IN_HAND_MS = 500;

/** When each signal that somebody waited under came. */
const abortedAtMs = new WeakMap<AbortSignal, number>();

/** Waits for `work`. False when the signal came and what was in hand then did not come to its end in time; its outcome is nobody's any more. */
export async function endsInTime(work: Promise<unknown>, signal: AbortSignal, inHandMs: number = IN_HAND_MS): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isOver = Promise.withResolvers<false>();
  const startClock = (): void => {
    const now = performance.now();
    const abortedMs = abortedAtMs.get(signal) ?? now;
    abortedAtMs.set(signal, abortedMs);
    timer = setTimeout(() => isOver.resolve(false), Math.max(0, abortedMs + inHandMs - now));
  };
  if (signal.aborted) startClock();
  else signal.addEventListener("abort", startClock, { once: true });
  try {
    return await Promise.race([work.then(() => true), isOver.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", startClock);
    work.catch(() => {});
  }
}
