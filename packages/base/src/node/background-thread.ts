import { readlinkSync } from "node:fs";
import { availableParallelism, getPriority, setPriority } from "node:os";
import { performance } from "node:perf_hooks";
import type { Disk, DiskFile } from "../seams/disk.ts";
import { nodeDisk } from "./node-disk.ts";

/** Added to the process's own, as `nice` does: a thread that has all it wants while others rest, and little while they work. */
const NICENESS = 10;
const NICENESS_MAX = 19;

/** Lets the threads of requests go before this one. Linux alone knows a priority per thread; elsewhere nothing happens. */
export function yieldToOtherThreads(): void {
  if (process.platform !== "linux") return;
  try {
    // `PID/task/TID`: to Linux a thread's id is a process's, and a priority is the thread's own.
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, Math.min(NICENESS_MAX, getPriority() + NICENESS));
  } catch {
    // Without /proc, or where it is not allowed, threads stay equal.
  }
}

/** How long background work goes on before it leaves the processor for a moment, in ms for each processor there is: the more there are, the likelier another one is free. */
const BURST_MS = 0.15;
/** As short as the system can: it sleeps 50 µs and more. */
const BREATH_MS = 0.01;
/** Who woke late, since others had the processor, works so much longer: else a busy machine would leave it nothing. */
const BREATHS_PER_BURST = 2;

/**
 * What a thread of its own calls between two small pieces of long work: after each burst it sleeps for a moment. A lower priority alone does not do: Linux lets a thread that runs finish
 * its slice, up to 4 ms, before the one that wakes, and one that never sleeps is always in the middle of one.
 */
export function shortBursts(options: ShortBursts = {}): () => void {
  const { burstMs = BURST_MS * availableParallelism(), nowMs = () => performance.now(), sleep = sleepForAMoment } = options;
  let endMs = nowMs() + burstMs;
  return () => {
    const tiredMs = nowMs();
    if (tiredMs < endMs) return;
    sleep();
    const awakeMs = nowMs();
    endMs = awakeMs + Math.max(burstMs, BREATHS_PER_BURST * (awakeMs - tiredMs));
  };
}

/** What {@link shortBursts} goes by. */
export interface ShortBursts {
  readonly burstMs?: number;
  readonly nowMs?: () => number;
  readonly sleep?: () => void;
}

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

function sleepForAMoment(): void {
  Atomics.wait(nobodyWakes, 0, 0, BREATH_MS);
}

/** The machine's file system for a thread of its own: reads and syncs hold that thread, and take none of those that all threads of the process share. */
export const blockingDisk: Disk = {
  ...nodeDisk,
  open: (path) => blocking(nodeDisk.open(path)),
  openRead: (path) => blocking(nodeDisk.openRead(path)),
};

function blocking(file: DiskFile): DiskFile {
  return {
    path: file.path,
    get sizeBytes() {
      return file.sizeBytes;
    },
    append: (buffers) => file.append(buffers),
    write: (buffer, position) => file.write(buffer, position),
    readSync: (target, position) => file.readSync(target, position),
    read: async (target, position) => file.readSync(target, position),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: async () => file.syncNow(),
    syncNow: () => file.syncNow(),
    close: () => file.close(),
  };
}
