import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // USER_HZ of every Linux that Node runs on
const PAGE_BYTES = 4096;

/** What a process has used so far. Linux only. */
export interface ProcessUsage {
  /** User and system time of all threads and of children waited for; steps of 10 ms. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Reads one process from /proc; sums up over several. */
export function readProcessUsage(...pids: readonly number[]): ProcessUsage {
  let ticks = 0;
  let pages = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    ticks += (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0);
    pages += fields[21] ?? 0;
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: pages * PAGE_BYTES };
}

/** What of a process is in memory now: pages of its own, and pages of files that it has mapped, which are the system's cache of these files and go when another one needs the room. Linux only. */
export interface ResidentMemory {
  readonly ownBytes: number;
  readonly fileBytes: number;
}

/** Reads one process from /proc. */
export function readResidentMemory(pid: number): ResidentMemory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytesOf = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) * 1024;
  // On a file system in memory a file's pages are shared memory, which does not go.
  return { ownBytes: bytesOf("RssAnon") + bytesOf("RssShmem"), fileBytes: bytesOf("RssFile") };
}

/** How long threads of a process that live now have run, and have stood in line for a processor, all together. Linux only. */
export interface ProcessorTime {
  readonly ranSeconds: number;
  readonly waitedSeconds: number;
}

/** Reads one process from /proc. A thread that ends meanwhile is left out. */
export function readProcessorTime(pid: number): ProcessorTime {
  let ranNs = 0;
  let waitedNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ").map(Number);
      ranNs += ran;
      waitedNs += waited;
    } catch {
      // It has ended.
    }
  }
  return { ranSeconds: ranNs / 1e9, waitedSeconds: waitedNs / 1e9 };
}
