import { type LabelText, labelText, type MetricFamily, type SampleSink } from "@ottla/base";
import type { ConnectState } from "../storage/status-store.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";

const STATES: readonly ConnectState[] = ["RUNNING", "PAUSED", "FAILED", "UNASSIGNED", "RESTARTING"];

/**
 * What a worker knows of itself, by the names that Apache Connect's beans have (`connect-worker-metrics`, `connector-metrics`, `connector-task-metrics`, `source-task-metrics`, `sink-task-metrics`, `task-error-metrics`) in
 * Prometheus's form; gauges of plugins are `ottla_connect_task_*`. Counters and gauges are of tasks that run here.
 */
export function* workerMetrics(worker: ConnectWorker, isShown: (connector: string) => boolean): Generator<MetricFamily, void> {
  const names = worker.state.names().filter(isShown);
  yield* stateFamilies(worker, names);
  yield* taskFamilies(worker, names);
}

function stateFamilies(worker: ConnectWorker, names: readonly string[]): MetricFamily[] {
  return [
    family("kafka_connect_connect_worker_metrics_connector_count", "Connectors that the worker knows.", [names.length], (count, sink) =>
      sink("", count),
    ),
    family("kafka_connect_connector_metrics_status", "1 for the state that a connector is in.", names, (connector, sink) => {
      const state = worker.statuses.get({ connector })?.state;
      if (state !== undefined) sink(labelText({ connector, status: state.toLowerCase() }), 1);
    }),
    family(
      "kafka_connect_connect_worker_metrics_connector_tasks",
      "Tasks of a connector by state, on all workers.",
      names,
      (connector, sink) => {
        const states = [...worker.statuses.tasks(connector).values()];
        for (const state of STATES)
          sink(labelText({ connector, status: state.toLowerCase() }), states.filter((each) => each.state === state).length);
      },
    ),
    family("kafka_connect_connector_task_metrics_status", "1 for the state that a task of this worker is in.", names, (connector, sink) => {
      for (const [task, { state, workerId }] of worker.statuses.tasks(connector))
        if (workerId === worker.workerId) sink(labelText({ connector, task, status: state.toLowerCase() }), 1);
    }),
  ];
}

/** Of the worker's own gauges: of which kind of task, from which of a task's numbers. */
const TASK_FAMILIES = [
  ["counter", "source_task_metrics_source_record_write_total", "Records that a task has written.", "source", "records_written"],
  [
    "gauge",
    "source_task_metrics_source_record_active_count",
    "Records that were taken and are not known to be durable.",
    "source",
    "records_in_flight",
  ],
  ["counter", "sink_task_metrics_sink_record_send_total", "Records that a task has handed to its sink.", "sink", "records_written"],
  ["counter", "task_error_metrics_total_records_skipped", "Records that were left out.", undefined, "records_left_out"],
] as const;

const OWN_HELP: Readonly<Record<string, string>> = {
  ottla_connect_task_stuck_ms:
    "For how long a call of the plugin (open, write, flush, acked) has not come back, once it is longer than ottla.stuck.warn.ms; else 0.",
  ottla_connect_task_silent_ms: "For how long a source has given nothing.",
};

/** The first one looks at all tasks; the others, which are made behind it, tell what it saw. */
function* taskFamilies(worker: ConnectWorker, names: readonly string[]): Generator<MetricFamily, void> {
  const tasks: SeenTask[] = [];
  const plugins = new Map<string, Map<LabelText, number>>();
  yield {
    name: "kafka_connect_connect_worker_metrics_task_count",
    type: "gauge",
    help: "Tasks that run here.",
    *collect(sink) {
      for (const connector of names) {
        for (const seen of tasksOf(worker, connector)) {
          tasks.push(seen);
          notePluginGauges(seen, plugins);
        }
        yield;
      }
      sink("", tasks.length);
      yield;
    },
  };
  for (const [type, name, help, kind, gauge] of TASK_FAMILIES)
    yield family(
      `kafka_connect_${name}`,
      help,
      tasks,
      (task, sink) => {
        const value = task.gauges[gauge];
        if ((kind === undefined || task.kind === kind) && value !== undefined) sink(task.labels, value);
      },
      type,
    );
  for (const [name, values] of plugins)
    yield family(name, OWN_HELP[name] ?? "Of the plugin.", values, ([labels, value], sink) => sink(labels, value));
}

interface SeenTask {
  readonly kind: "source" | "sink";
  readonly labels: LabelText;
  readonly gauges: Readonly<Record<string, number>>;
}

function tasksOf(worker: ConnectWorker, connector: string): SeenTask[] {
  const className = worker.state.get(connector)?.properties["connector.class"] ?? "";
  const kind = worker.catalogue.has(["source"], className) === undefined ? "sink" : "source";
  return [...worker.metrics(connector)].map(([task, gauges]) => ({ kind, labels: labelText({ connector, task }), gauges }));
}

const WORKERS_OWN: ReadonlySet<string> = new Set(TASK_FAMILIES.map(([, , , , gauge]) => gauge));

function notePluginGauges({ labels, gauges }: SeenTask, plugins: Map<string, Map<LabelText, number>>): void {
  for (const [gauge, value] of Object.entries(gauges)) {
    if (WORKERS_OWN.has(gauge)) continue;
    const name = `ottla_connect_task_${gauge.replace(/[^a-zA-Z0-9_]/g, "_")}`;
    const known = plugins.get(name) ?? new Map<LabelText, number>();
    plugins.set(name, known.set(labels, value));
  }
}

/** So many are told of before others may have a turn. */
const PIECE = 100;

function family<Item>(
  name: string,
  help: string,
  items: Iterable<Item>,
  each: (item: Item, sink: SampleSink) => void,
  type: MetricFamily["type"] = "gauge",
): MetricFamily {
  return {
    name,
    type,
    help,
    *collect(sink) {
      let count = 0;
      for (const item of items) {
        each(item, sink);
        if (++count % PIECE === 0) yield;
      }
      yield;
    },
  };
}
