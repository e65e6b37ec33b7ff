import { readdirSync, readFileSync } from "node:fs";
import { constants, type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver, performance } from "node:perf_hooks";
import { labelText, type MetricFamily, singleSample } from "../metrics/metric-family.ts";

/** How exactly the delay of the loop is known. */
const LOOP_RESOLUTION_MS = 10;
/** The loop's idle share is that of the last one to two such spans. */
const UTILIZATION_SPAN_MS = 15_000;
const NANOS = 1e9;

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/** Watches this process: its loop, its garbage collector, its memory. Metrics have the names that dashboards of Node programs read. Costs a timer every 10 ms. */
export class ProcessMetrics {
  readonly #loopDelay: LoopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #collections = new Map<string, { count: number; seconds: number }>();
  readonly #collector = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) this.#collected((entry as { detail?: { kind?: number } }).detail?.kind ?? 0, entry.duration);
  });
  #earlier: EventLoopUtilization = performance.eventLoopUtilization();
  #later: EventLoopUtilization = this.#earlier;
  #laterMs = performance.now();

  constructor() {
    this.#loopDelay.enable();
    this.#collector.observe({ entryTypes: ["gc"] });
  }

  stop(): void {
    this.#loopDelay.disable();
    this.#collector.disconnect();
  }

  /** The share of the last 15 to 30 s, 0 to 1, in which the loop had nothing to do. */
  loopIdleShare(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#earlier);
    if (performance.now() - this.#laterMs >= UTILIZATION_SPAN_MS) {
      this.#earlier = this.#later;
      this.#later = now;
      this.#laterMs = performance.now();
    }
    return Math.min(1, Math.max(0, 1 - utilization));
  }

  /** What this process has read from disks and written to them; undefined where the system does not tell. */
  diskBytes(): { readonly read: number; readonly written: number } | undefined {
    const text = readText("/proc/self/io");
    const numberOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1]);
    return text === "" ? undefined : { read: numberOf("read_bytes"), written: numberOf("write_bytes") };
  }

  families(): MetricFamily[] {
    const gauge = (name: string, help: string, value: () => number | undefined) => singleSample({ name, type: "gauge", help }, value);
    const counter = (name: string, help: string, value: () => number) => singleSample({ name, type: "counter", help }, value);
    const lag = (name: string, help: string, nanos: (delay: LoopDelay) => number) =>
      gauge(`nodejs_eventloop_lag_${name}_seconds`, `${help} of the loop's delay, since the start.`, () => {
        const value = nanos(this.#loopDelay) / NANOS;
        return Number.isFinite(value) && this.#loopDelay.count > 0 ? value : undefined;
      });
    return [
      counter("process_cpu_seconds_total", "Processor time.", () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      }),
      gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => performance.timeOrigin / 1000),
      gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss()),
      gauge("process_open_fds", "Open file descriptors.", openFiles),
      gauge("process_max_fds", "How many may be open.", maxOpenFiles),
      gauge("nodejs_heap_size_total_bytes", "Size of the heap.", () => process.memoryUsage().heapTotal),
      gauge("nodejs_heap_size_used_bytes", "Used of the heap.", () => process.memoryUsage().heapUsed),
      gauge("nodejs_external_memory_bytes", "Memory of buffers.", () => process.memoryUsage().external),
      gauge(
        "nodejs_eventloop_utilization",
        "The share of time in which the loop was busy; of the last 15 to 30 s.",
        () => 1 - this.loopIdleShare(),
      ),
      lag("min", "The least", ({ min }) => min),
      lag("max", "The most", ({ max }) => max),
      lag("mean", "The mean", ({ mean }) => mean),
      lag("stddev", "The standard deviation", ({ stddev }) => stddev),
      lag("p50", "The median", (delay) => delay.percentile(50)),
      lag("p90", "The 90th percentile", (delay) => delay.percentile(90)),
      lag("p99", "The 99th percentile", (delay) => delay.percentile(99)),
      this.#collectionFamily(),
      {
        name: "nodejs_version_info",
        type: "gauge",
        help: "The version of Node.",
        *collect(sink) {
          sink(labelText({ version: process.version }), 1);
          yield;
        },
      },
    ];
  }

  #collectionFamily(): MetricFamily {
    const collections = this.#collections;
    return {
      name: "nodejs_gc_duration_seconds",
      type: "summary",
      help: "Garbage collections, by kind.",
      *collect(sink) {
        for (const [kind, { count, seconds }] of collections) {
          const labels = labelText({ kind });
          sink(labels, seconds, "_sum");
          sink(labels, count, "_count");
        }
        yield;
      },
    };
  }

  #collected(kind: number, durationMs: number): void {
    const name = GC_KINDS[kind] ?? "other";
    const known = this.#collections.get(name) ?? { count: 0, seconds: 0 };
    known.count++;
    known.seconds += durationMs / 1000;
    this.#collections.set(name, known);
  }
}

/** A file of /proc; "" where there is none. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

function maxOpenFiles(): number | undefined {
  const limit = /^Max open files\s+(\d+)/m.exec(readText("/proc/self/limits"))?.[1];
  return limit === undefined ? undefined : Number(limit);
}
