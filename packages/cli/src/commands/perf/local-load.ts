import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Ticks in which Linux counts processor time of processes. */
const TICK_MS = 10;
const LISTEN = "0A";
const PROCESSES_MAX = 20_000;

/** What this machine had to do, where it tells: Linux only, and a broker only if it runs here under the same user. */
export interface LocalLoad {
  readonly brokerCpu: number | undefined;
  readonly brokerCores: number | undefined;
  readonly machineCpu: number | undefined;
  readonly diskBusy: number | undefined;
}

/** Looks at a broker of this machine between two moments. */
export class LocalObserver {
  readonly #pid: number | undefined;
  #at: Sample;

  /** `address`: the broker's, as `127.0.0.1:9092`. */
  constructor(address: string) {
    this.#pid = isHere(address) ? listenerOf(Number(address.slice(address.lastIndexOf(":") + 1))) : undefined;
    this.#at = this.#sample();
  }

  /** Since the last call, or since it was made. */
  look(): LocalLoad {
    const before = this.#at;
    const now = this.#sample();
    this.#at = now;
    const elapsedMs = Math.max(1, now.ms - before.ms);
    const share = (from: number | undefined, to: number | undefined): number | undefined =>
      from === undefined || to === undefined ? undefined : (to - from) / elapsedMs;
    const cpuMs = share(before.busyMs, now.busyMs);
    return {
      brokerCpu: share(before.brokerMs, now.brokerMs),
      brokerCores: this.#pid === undefined ? undefined : isNode(this.#pid) ? 1 : availableParallelism(),
      machineCpu: cpuMs === undefined ? undefined : cpuMs / availableParallelism(),
      diskBusy: this.#pid === undefined ? undefined : busiest(before.disks, now.disks, elapsedMs),
    };
  }

  #sample(): Sample {
    return {
      ms: performance.now(),
      brokerMs: this.#pid === undefined ? undefined : processMs(this.#pid),
      busyMs: machineMs(),
      disks: diskMs(),
    };
  }
}

interface Sample {
  readonly ms: number;
  readonly brokerMs: number | undefined;
  readonly busyMs: number | undefined;
  readonly disks: ReadonlyMap<string, number>;
}

function isHere(address: string): boolean {
  return /^(127\.|localhost:|\[::1\])/.test(address);
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The process that listens on a port, among those that this user may look into. */
function listenerOf(port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = [text("/proc/net/tcp"), text("/proc/net/tcp6")].flatMap((table) => table?.split("\n").slice(1) ?? []);
  const sockets = new Set(
    lines
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => cells[3] === LISTEN && cells[1]?.endsWith(wanted))
      .map((cells) => `socket:[${cells[9]}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .slice(0, PROCESSES_MAX))
    if (hasSocket(pid, sockets)) return Number(pid);
  return undefined;
}

function hasSocket(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

/** By its program: the name that a process has is that of its first thread. */
function isNode(pid: number): boolean {
  try {
    return /\/(node|ottla)[^/]*$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return false;
  }
}

/** Processor time of a process; its name may hold anything, so that the numbers are found behind its closing bracket. */
function processMs(pid: number): number | undefined {
  const stat = text(`/proc/${pid}/stat`);
  const cells = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return cells === undefined ? undefined : (Number(cells[11]) + Number(cells[12])) * TICK_MS;
}

function machineMs(): number | undefined {
  const cells = text("/proc/stat")?.split("\n")[0]?.trim().split(/\s+/).slice(1).map(Number);
  // Idle, and waiting for disks, is not busy.
  return cells && cells.slice(0, 8).reduce((sum, ticks, i) => sum + (i === 3 || i === 4 ? 0 : ticks), 0) * TICK_MS;
}

function diskMs(): ReadonlyMap<string, number> {
  const lines = text("/proc/diskstats")?.split("\n") ?? [];
  return new Map(
    lines.flatMap((line) => {
      const cells = line.trim().split(/\s+/);
      const isDisk = cells[2] !== undefined && !/^(loop|ram|zram|sr)\d/.test(cells[2]);
      return isDisk && cells.length > 12 ? [[cells[2]!, Number(cells[12])] as const] : [];
    }),
  );
}

function busiest(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>, elapsedMs: number): number | undefined {
  const shares = [...now].map(([name, ms]) => (ms - (before.get(name) ?? ms)) / elapsedMs);
  return shares.length === 0 ? undefined : Math.min(1, Math.max(...shares));
}
