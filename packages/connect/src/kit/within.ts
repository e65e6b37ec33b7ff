import { pause } from "@ottla/base";
import { MessageChannel } from "node:worker_threads";
import { systemClock } from "@ottla/base/node";
import { CheckFailure } from "./connector-check.ts";

/** The promise's value; rejects where it takes longer. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = pause(systemClock, ms, ended.signal).then(() => {
    throw new CheckFailure(`${what} took more than ${ms} ms`);
  });
  late.catch(() => {});
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
  }
}

/** A while. */
export async function passed(ms: number): Promise<undefined> {
  await pause(systemClock, ms, new AbortController().signal);
  return undefined;
}

/** The same, while the process stays: the clock's timers do not hold it, and a connector that waits may have nothing else. */
export async function awake<T>(work: () => Promise<T>): Promise<T> {
  const { port1 } = new MessageChannel();
  port1.on("message", () => {});
  try {
    return await work();
  } finally {
    port1.close();
  }
}
