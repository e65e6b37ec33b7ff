/** A browser has six connections to a console, whatever the number of its pages: so many are for readings that go on, the others for what pages ask and are told. */
export const READINGS_MAX = 4;

/**
 * Runs `run` once one of the browser's places for readings is free, until `run` calls what it is given; `onWait` is called where none is free now. Nothing is run once the signal is there. Where a browser has no locks (a console by plain HTTP of
 * another machine), places are not counted.
 */
export async function inSlot(signal: AbortSignal, onWait: () => void, run: (release: () => void) => void): Promise<void> {
  const { locks } = navigator as { readonly locks?: LockManager };
  const held = (): Promise<void> => new Promise((release) => (signal.aborted ? release() : run(release)));
  if (locks === undefined) return held();
  const names = Array.from({ length: READINGS_MAX }, (_, i) => `ottla-reading-${i}`);
  for (const name of names) {
    const free = Promise.withResolvers<boolean>();
    const over = locks.request(name, { ifAvailable: true }, (lock) => {
      free.resolve(lock !== null);
      return lock === null ? undefined : held();
    });
    if (await free.promise) return over;
  }
  if (signal.aborted) return undefined;
  onWait();
  // The first that is free is taken, and the waiting for the others is over.
  const waiting = new AbortController();
  signal.addEventListener("abort", () => waiting.abort());
  let isTaken = false;
  const take = (): Promise<void> | undefined => {
    if (isTaken) return undefined;
    isTaken = true;
    waiting.abort();
    return held();
  };
  await Promise.allSettled(names.map((name) => locks.request(name, { signal: waiting.signal }, take)));
}
