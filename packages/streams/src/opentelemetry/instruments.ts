/** A metric of `app.metrics()` that is a number. */
export interface Instrument {
  /** Java's group and name. */
  readonly group: string;
  readonly name: string;
  /** Counters only grow, as long as their task or worker is here. */
  readonly kind: "counter" | "gauge";
  readonly unit: string | undefined;
}

const threadSteps = ["poll", "process", "punctuate", "commit"];

const names: Readonly<Record<string, readonly string[]>> = {
  "stream-metrics": ["client-state", "alive-stream-threads", "failed-stream-threads", "recording-level"],
  "stream-thread-metrics": [
    "thread-state",
    "thread-start-time",
    "blocked-time-ns-total",
    ...threadSteps.flatMap((step) => ["latency-avg", "latency-max", "rate", "total", "ratio"].map((what) => `${step}-${what}`)),
    ...["poll", "process"].flatMap((step) => [`${step}-records-avg`, `${step}-records-max`]),
    ...["created", "closed"].flatMap((what) => [`task-${what}-rate`, `task-${what}-total`]),
  ],
  "stream-state-updater-metrics": ["active-restoring-tasks", "standby-updating-tasks", "active-restore-ratio", "restore-call-rate"],
  "stream-task-metrics": [
    "dropped-records-rate",
    "dropped-records-total",
    "restore-remaining-records-total",
    "restore-total",
    "active-buffer-count",
    "process-rate",
    "process-total",
  ],
  "stream-processor-node-metrics": ["avg", "min", "max"].map((what) => `record-e2e-latency-${what}`),
  "stream-topic-metrics": ["consumed", "produced"].flatMap((verb) => [`records-${verb}-total`, `bytes-${verb}-total`]),
};

/** What `app.metrics()` tells in numbers. */
export const instruments: readonly Instrument[] = Object.entries(names).flatMap(([group, all]) =>
  all.map((name) => ({ group, name, kind: kindOf(name), unit: unitOf(name) })),
);

function kindOf(name: string): Instrument["kind"] {
  return name.endsWith("-total") && !name.includes("remaining") ? "counter" : "gauge";
}

function unitOf(name: string): string | undefined {
  if (/-latency-/.test(name) || name === "thread-start-time") return "ms";
  if (name.endsWith("-ns-total")) return "ns";
  if (name.startsWith("bytes-")) return "By";
  return undefined;
}
