import { type Clock, pause } from "@ottla/base";

/** Waits until something has ended, however it did, but no longer than this; whether it has. */
export async function inTime(something: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const never = new AbortController();
  const ended = something.then(
    () => true,
    () => true,
  );
  const isEnded = await Promise.race([ended, pause(clock, ms, never.signal).then(() => false)]);
  never.abort();
  return isEnded;
}
