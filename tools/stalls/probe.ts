import { join } from "node:path";
import { Worker } from "node:worker_threads";

export const PROBE_EVERY_MS = 2;
const WAITS_KEPT = 1 << 16;

/** What the probe shares with its thread. */
export interface ProbeMemory {
  readonly host: string;
  readonly port: number;
  readonly brokerPid: number;
  /** How many waits were measured. */
  readonly counter: Int32Array;
  /** The waits in ms, less what others on the machine took; a ring. */
  readonly waitsMs: Float64Array;
}

/**
 * Measures how long a small request waits at a broker, again and again, in a thread of its own. A broker's time while others had the processors is not counted.
 */
export class Probe {
  readonly #worker: Worker;
  readonly #memory: ProbeMemory;

  constructor(host: string, port: number, brokerPid: number) {
    this.#memory = {
      host,
      port,
      brokerPid,
      counter: new Int32Array(new SharedArrayBuffer(4)),
      waitsMs: new Float64Array(new SharedArrayBuffer(8 * WAITS_KEPT)),
    };
    this.#worker = new Worker(join(import.meta.dirname, "probe-thread.ts"), {
      workerData: this.#memory,
      execArgv: ["--conditions=source"],
    });
    this.#worker.on("error", (error) => console.error("the probe failed:", error));
  }

  /** How many waits were measured so far. */
  get count(): number {
    return Atomics.load(this.#memory.counter, 0);
  }

  /** Resolves after the wait that goes on now and one more, so that whatever happened before is in the numbers; false when none ends within `timeoutMs`. */
  async settle(timeoutMs = 60_000): Promise<boolean> {
    const from = this.count;
    for (let leftMs = timeoutMs; this.count < from + 2; leftMs -= PROBE_EVERY_MS) {
      if (leftMs <= 0) return false;
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
    return true;
  }

  /** Longest wait and 99th percentile since the `from`th measurement, in ms. */
  since(from: number): { readonly longestMs: number; readonly p99Ms: number } {
    const { waitsMs } = this.#memory;
    const waits: number[] = [];
    for (let at = Math.max(from, this.count - WAITS_KEPT); at < this.count; at++) waits.push(waitsMs[at % WAITS_KEPT]!);
    waits.sort((a, b) => a - b);
    return { longestMs: waits.at(-1) ?? 0, p99Ms: waits[Math.floor((waits.length - 1) * 0.99)] ?? 0 };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
