import type { NodeCounts } from "../../runtime/task-meter.ts";
import type { StatValues } from "../../runtime/windowed-stat.ts";
import type { ApplicationState } from "../application-state.ts";
import type { RestoreProgress } from "../restore/changelog-restore.ts";
import type { TaskSnapshot, ThreadStats, WorkerSnapshot, WorkerState } from "./snapshots.ts";

/** A metric under Java's name. Rates, averages and maxima are those of the last 30 to 60 seconds; times are milliseconds unless the name says otherwise; NaN: nothing was measured. */
export interface StreamsMetric {
  /** As `stream-task-metrics`. */
  readonly group: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number | string;
}

/** What metrics are made of. */
export interface MetricFacts {
  readonly applicationId: string;
  readonly processId: string;
  readonly state: ApplicationState;
  readonly topologyDescription: string;
  readonly workers: readonly WorkerSnapshot[];
  readonly restores: readonly RestoreProgress[];
}

type Values = Readonly<Record<string, number | string>>;

const clientStates: readonly ApplicationState[] = [
  "CREATED",
  "REBALANCING",
  "RUNNING",
  "PENDING_SHUTDOWN",
  "NOT_RUNNING",
  "PENDING_ERROR",
  "ERROR",
];

/** Java's names of what a stream thread does, and their numbers. */
const threadStates: Readonly<Record<WorkerState, readonly [name: string, ordinal: number]>> = {
  REBALANCING: ["PARTITIONS_REVOKED", 2],
  RESTORING: ["PARTITIONS_ASSIGNED", 3],
  RUNNING: ["RUNNING", 4],
};

const MS_TO_NS = 1_000_000;

/** An application's metrics, as `KafkaStreams#metrics()` gives those of its groups `stream-…`: groups, names and tags are Java's; times are those of a worker's own steps. */
export function javaMetrics(facts: MetricFacts): StreamsMetric[] {
  return [...clientMetrics(facts), ...facts.workers.flatMap((worker) => workerMetrics(worker, facts))];
}

function clientMetrics({ applicationId, processId, state, topologyDescription, workers }: MetricFacts): StreamsMetric[] {
  const clientId = `${applicationId}-${processId}`;
  const group = "stream-metrics";
  return [
    ...metrics(
      group,
      { "client-id": clientId },
      {
        "application-id": applicationId,
        "topology-description": topologyDescription,
        state,
        "alive-stream-threads": workers.length,
        "failed-stream-threads": state === "ERROR" || state === "PENDING_ERROR" ? 1 : 0,
      },
    ),
    ...metrics(
      group,
      { "application-id": applicationId, "client-id": clientId, "process-id": processId },
      { "client-state": clientStates.indexOf(state) },
    ),
    // INFO, the only one there is.
    ...metrics(group, { "client-id": clientId, "process-id": processId }, { "recording-level": 0 }),
  ];
}

function workerMetrics(worker: WorkerSnapshot, { processId, restores }: MetricFacts): StreamsMetric[] {
  const thread = { "thread-id": worker.name };
  const [state, ordinal] = threadStates[worker.state];

  return [
    ...metrics("stream-thread-metrics", thread, { ...threadValues(worker.thread), state, "thread-start-time": worker.startedAtMs }),
    ...metrics("stream-thread-metrics", { ...thread, "process-id": processId }, { "thread-state": ordinal }),
    ...metrics("stream-state-updater-metrics", thread, {
      "active-restoring-tasks": worker.tasks.filter(({ state: each }) => each === "restoring").length,
      "standby-updating-tasks": worker.standbys.length,
      "active-restore-ratio": ratio(worker.thread.restoreMs, worker.thread),
      "restore-call-rate": worker.thread.restoreMs.countPerSecond,
    }),
    ...worker.tasks.flatMap((task) => taskMetrics(task, thread, restores)),
  ];
}

function threadValues(stats: ThreadStats): Values {
  const { pollMs, pollRecords, processMs, processRecords, punctuateMs, commitMs, tasksCreated, tasksClosed } = stats;
  return {
    ...latency("poll", pollMs, stats),
    "poll-records-avg": pollRecords.avg,
    "poll-records-max": pollRecords.max,
    ...latency("process", processMs, stats),
    // Of these Java counts records, not slices.
    "process-rate": processRecords.perSecond,
    "process-total": processRecords.total,
    "process-records-avg": processRecords.avg,
    "process-records-max": processRecords.max,
    ...latency("punctuate", punctuateMs, stats),
    ...latency("commit", commitMs, stats),
    "task-created-rate": tasksCreated.perSecond,
    "task-created-total": tasksCreated.total,
    "task-closed-rate": tasksClosed.perSecond,
    "task-closed-total": tasksClosed.total,
    "blocked-time-ns-total": Math.round((pollMs.total + commitMs.total) * MS_TO_NS),
  };
}

function latency(what: string, ms: StatValues, stats: ThreadStats): Values {
  return {
    [`${what}-latency-avg`]: ms.avg,
    [`${what}-latency-max`]: ms.max,
    [`${what}-rate`]: ms.countPerSecond,
    [`${what}-total`]: ms.totalCount,
    [`${what}-ratio`]: ratio(ms, stats),
  };
}

/** How much of the time. */
function ratio(ms: StatValues, { windowMs }: ThreadStats): number {
  return windowMs === 0 ? 0 : Math.min(1, (ms.perSecond * Math.max(1, windowMs / 1000)) / windowMs);
}

function taskMetrics(task: TaskSnapshot, thread: Values, restores: readonly RestoreProgress[]): StreamsMetric[] {
  const tags = { ...(thread as Readonly<Record<string, string>>), "task-id": task.taskId };
  const own = restores.filter(({ taskId }) => taskId === task.taskId);
  return [
    ...metrics("stream-task-metrics", tags, {
      "dropped-records-rate": task.droppedPerSecond,
      "dropped-records-total": task.droppedCount,
      "restore-remaining-records-total": own.reduce((sum, { end, position }) => sum + end - position, 0),
      "restore-total": own.reduce((sum, { restoredCount }) => sum + restoredCount, 0),
      "active-buffer-count": task.inputs.reduce((sum, { waitingCount }) => sum + waitingCount, 0),
      "process-rate": task.processedPerSecond,
      "process-total": task.processedCount,
    }),
    ...task.nodes.flatMap((node) => nodeMetrics(node, tags)),
  ];
}

function nodeMetrics({ node, kind, topics, endToEndMs }: NodeCounts, task: Readonly<Record<string, string>>): StreamsMetric[] {
  if (kind === "processor") return [];
  const tags = { ...task, "processor-node-id": node };
  const verb = kind === "source" ? "consumed" : "produced";
  return [
    ...metrics("stream-processor-node-metrics", tags, {
      "record-e2e-latency-avg": endToEndMs.avg,
      "record-e2e-latency-min": endToEndMs.min,
      "record-e2e-latency-max": endToEndMs.max,
    }),
    ...topics.flatMap(({ topic, records, bytes }) =>
      metrics("stream-topic-metrics", { ...tags, topic }, { [`records-${verb}-total`]: records, [`bytes-${verb}-total`]: bytes }),
    ),
  ];
}

function metrics(group: string, tags: Readonly<Record<string, string>>, values: Values): StreamsMetric[] {
  return Object.entries(values).map(([name, value]) => ({ group, name, tags, value }));
}
