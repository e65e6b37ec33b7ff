import { printNumber } from "../../quantity/print-quantity.ts";
import type { StreamsLoad } from "../../snapshot/metrics-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstOf } from "../cluster-view.ts";
import { exampleMetrics, look } from "../example-cluster.ts";

/** Rules over running Streams applications, by the metrics that they show of themselves: Java's, or those of `@ottla/streams`. */
export const streamsLoadRules: readonly ClusterRule[] = [
  {
    id: "STR-17",
    name: "threads-failed",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["streamsMetrics"],
    condition:
      "an instance of a Streams application is in state ERROR or PENDING_ERROR, or some of its threads have failed. By its page of metrics",
    why: "The tasks of a thread that failed stand still, or crowd the threads that are left.",
    fix: "Read what the thread died of in the application's log, mend it, and start the instance again; a handler for uncaught exceptions can replace a thread.",
    source: "Apache Kafka documentation, monitoring Kafka Streams: failed-stream-threads, state",
    check: (view) =>
      streamsOf(view).flatMap((load): ClusterHit[] => {
        const { application, state, failedThreads = 0, aliveThreads } = load;
        const isDown = state === "ERROR" || state === "PENDING_ERROR";
        if (!isDown && failedThreads === 0) return [];
        return [
          {
            subject: `streams application ${application}`,
            message: isDown
              ? `An instance of ${application} has stopped with an error.`
              : `${count(failedThreads, "thread")} of an instance of ${application} ${failedThreads === 1 ? "has" : "have"} failed.`,
            evidence: `state ${state ?? "not told"}, failed-stream-threads ${failedThreads}${aliveThreads === undefined ? "" : `, alive-stream-threads ${aliveThreads}`} (metrics of ${load.page})`,
          },
        ];
      }),
    examples: [
      { observe: () => withStreams({ state: "ERROR" }), hits: 1 },
      { observe: () => withStreams({ failedThreads: 1 }), hits: 1 },
      { observe: () => withStreams({ state: "REBALANCING", failedThreads: 0 }), hits: 0 },
    ],
  },
  {
    id: "STR-18",
    name: "records-dropped",
    severity: "warning",
    confidence: "high",
    harm: "lost",
    needs: ["streamsMetrics"],
    condition: "tasks of a Streams application drop records now (dropped-records-rate above 0). By its page of metrics",
    why: "A record that comes after its window's grace, or that has no key where one is needed, is left out of every result, and nothing but this number says so.",
    fix: "See which: longer grace for late ones, a key before groupBy and joins for those without; send what cannot be read to a dead-letter topic.",
    source: "Apache Kafka documentation, monitoring Kafka Streams: dropped-records-rate",
    check: (view) =>
      streamsOf(view).flatMap(({ application, dropping, page }): ClusterHit[] => {
        if (dropping.length === 0) return [];
        const perS = dropping.reduce((sum, each) => sum + each.perS, 0);
        return [
          {
            subject: `streams application ${application}`,
            message: `${application} drops ${printNumber(perS)} records a second.`,
            evidence: `dropped-records-rate of ${firstOf(
              dropping.map((each) => `task ${each.task}: ${printNumber(each.perS)}`),
              3,
            )} (metrics of ${page})`,
          },
        ];
      }),
    examples: [
      { observe: () => withStreams({ dropping: [{ task: "0_1", perS: 0.5 }] }), hits: 1 },
      { observe: () => withStreams({}), hits: 0 },
    ],
  },
  {
    id: "STR-19",
    name: "thread-saturated",
    severity: "warning",
    confidence: "medium",
    harm: "late",
    needs: ["streamsMetrics"],
    condition:
      "all threads of an instance spend more than 90 % of their time in processing and committing (process-ratio, commit-ratio). By its page of metrics",
    why: "Such threads have no time left: with a little more to do the application falls behind.",
    fix: "Start more instances or threads while there are tasks for them (STR-09), or make processing cheaper; a high commit-ratio falls with a longer commit.interval.ms.",
    source: "Apache Kafka documentation, monitoring Kafka Streams: process-ratio, poll-ratio, commit-ratio",
    thresholds: [{ name: "busyAbove", meaning: "share of time at which a thread is full", default: 0.9, unit: "ratio", least: 0, most: 1 }],
    check: (view, { threshold }) =>
      streamsOf(view).flatMap(({ application, threads, page }): ClusterHit[] => {
        const busy = threads.map(({ thread, processRatio, commitRatio = 0 }) => ({
          thread,
          share: processRatio === undefined ? undefined : processRatio + commitRatio,
        }));
        if (busy.length === 0 || !busy.every(({ share }) => share !== undefined && share > threshold("busyAbove"))) return [];
        return [
          {
            subject: `streams application ${application}`,
            message: `An instance of ${application} has no thread with time left.`,
            evidence: `${firstOf(
              busy.map(({ thread, share }) => `${thread}: ${printNumber(Math.round(share! * 1000) / 10)} % of its time at work`),
              3,
            )} (metrics of ${page})`,
          },
        ];
      }),
    examples: [
      { observe: () => withThreads([0.91, 0.95]), hits: 1 },
      { observe: () => withThreads([0.91, 0.9]), hits: 0 },
      { observe: () => withThreads([0.8], 0.11), hits: 1 },
      { observe: () => withThreads([]), hits: 0 },
    ],
  },
  {
    id: "STR-20",
    name: "restoring",
    severity: "info",
    confidence: "high",
    harm: "late",
    needs: ["streamsMetrics"],
    condition: "tasks of a Streams application are filling their stores from the changelog, and process nothing. By its page of metrics",
    why: "Until a store is filled its task reads nothing; after a restart without its directory, or on a new instance, that is the whole changelog.",
    fix: "Wait for it; num.standby.replicas=1 and a state.dir that outlives the process (STR-07, STR-08) make the next one short.",
    source: "KIP-869; Apache Kafka documentation, monitoring Kafka Streams",
    check: (view) =>
      streamsOf(view).flatMap(({ application, restoringTasks, restoreRemaining, page }): ClusterHit[] =>
        restoringTasks === 0
          ? []
          : [
              {
                subject: `streams application ${application}`,
                message: `${count(restoringTasks, "task")} of ${application} ${restoringTasks === 1 ? "is" : "are"} restoring: ${restoringTasks === 1 ? "it processes" : "they process"} nothing yet.`,
                evidence: `active-restoring-tasks ${restoringTasks}${restoreRemaining === undefined ? "" : `, ${printNumber(restoreRemaining)} records left`} (metrics of ${page})`,
              },
            ],
      ),
    examples: [
      { observe: () => withStreams({ restoringTasks: 2, restoreRemaining: 1000 }), hits: 1 },
      { observe: () => withStreams({ restoringTasks: 0, restoreRemaining: 0 }), hits: 0 },
    ],
  },
];

function streamsOf({ snapshot }: ClusterView): readonly StreamsLoad[] {
  return valueOf(snapshot.metrics)?.streams ?? [];
}

function withStreams(load: Partial<StreamsLoad>) {
  return look({
    metrics: exampleMetrics({
      streams: [
        {
          page: "orders-1:7070",
          application: "orders",
          state: "RUNNING",
          aliveThreads: 2,
          failedThreads: 0,
          threads: [],
          dropping: [],
          restoringTasks: 0,
          restoreRemaining: undefined,
          ...load,
        },
      ],
    }),
  });
}

function withThreads(shares: readonly number[], commitRatio = 0) {
  return withStreams({
    threads: shares.map((processRatio, i) => ({ thread: `orders-StreamThread-${i + 1}`, processRatio, pollRatio: 0, commitRatio })),
  });
}
