import type { Clock, Timer } from "@ottla/base";

/** A promise's outcome; while it is not there, `tell` says every `everyMs` what it waits for. A teller that fails is not heard. */
export async function toldWhile<T>(awaited: Promise<T>, clock: Clock, everyMs: number, tell: () => Promise<void> | void): Promise<T> {
  let timer: Timer | undefined;
  const again = (): void => {
    timer = clock.schedule(everyMs, () => {
      void Promise.resolve(tell()).catch(() => undefined);
      again();
    });
  };
  again();
  try {
    return await awaited;
  } finally {
    timer?.cancel();
  }
}
