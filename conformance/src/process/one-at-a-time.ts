import { mkdirSync } from "node:fs";
import type { DirectoryLock } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { cacheRoot } from "../paths.ts";
import { waitUntil } from "./wait-until.ts";

/** As long as what is waited for may take by itself. */
const WAIT_MS_MAX = 900_000;

/**
 * Runs `work` while no other process of this checkout runs what has the same `name`: suites that run side by side fetch and build the same things.
 * A process that ends in the middle is waited for no longer.
 */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = `${cacheRoot}/locks/${name}`;
  mkdirSync(folder, { recursive: true });
  const lock = await waitUntil<DirectoryLock>(`${name} is free of others`, () => nodeDisk.lockDirectory(folder), {
    timeoutMs: WAIT_MS_MAX,
    everyMs: 100,
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}
