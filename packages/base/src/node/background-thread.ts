import { closeSync, constants, ftruncateSync, openSync, readlinkSync, rmSync, statSync } from "node:fs";
import { availableParallelism, getPriority, setPriority } from "node:os";
import { performance } from "node:perf_hooks";
import type { Disk, DiskFile } from "../seams/disk.ts";
import { onDisk } from "./disk-errors.ts";
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
/** A burst in which the thread had less of the processor than this has let others work already. */
const UNDISTURBED_SHARE = 0.8;

/**
 * What a thread of its own calls between two small pieces of long work: after each burst without interruption it sleeps for a moment. A lower priority alone does not do: Linux lets a thread that
 * runs finish its slice, up to 4 ms, before the one that wakes, and one that never sleeps is always in the middle of one.
 */
export function shortBursts(options: ShortBursts = {}): () => void {
  const {
    burstMs = BURST_MS * availableParallelism(),
    nowMs = () => performance.now(),
    cpuMs = "threadCpuUsage" in process ? threadCpuMs : nowMs,
    sleep = sleepForAMoment,
  } = options;
  let lengthMs = burstMs;
  let startMs = nowMs();
  let startCpuMs = cpuMs();
  return () => {
    const tiredMs = nowMs();
    if (tiredMs < startMs + lengthMs) return;
    if (cpuMs() - startCpuMs >= UNDISTURBED_SHARE * (tiredMs - startMs)) {
      sleep();
      lengthMs = Math.max(burstMs, BREATHS_PER_BURST * (nowMs() - tiredMs));
    }
    startMs = nowMs();
    startCpuMs = cpuMs();
  };
}

/** What {@link shortBursts} goes by. */
export interface ShortBursts {
  readonly burstMs?: number;
  readonly nowMs?: () => number;
  /** What the thread has had of the processor. Before Node 23.9 that is not known, and every burst is taken for one without interruption. */
  readonly cpuMs?: () => number;
  readonly sleep?: () => void;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

function sleepForAMoment(): void {
  Atomics.wait(nobodyWakes, 0, 0, BREATH_MS);
}

/** So much of a file is freed in one go: 0.3 to 0.5 ms of a processor. Smaller pieces wait for the disk as often as there are of them. */
const CUT_BYTES = 2 * 1024 * 1024;

/** Removes a file that nobody reads, bit by bit, holding this thread; `breathe` is called between two of them. One that is not there is no error. Errors: disk errors. */
export function removeBitByBit(path: string, breathe: () => void): void {
  onDisk("remove", path, () => {
    const before = statSync(path, { throwIfNoEntry: false });
    if (before?.isFile() && before.size > CUT_BYTES) {
      const descriptor = openSync(path, constants.O_RDWR);
      try {
        for (let size = before.size - CUT_BYTES; size > 0; size -= CUT_BYTES) {
          ftruncateSync(descriptor, size);
          breathe();
        }
      } finally {
        closeSync(descriptor);
      }
    }
    rmSync(path, { force: true });
  });
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
