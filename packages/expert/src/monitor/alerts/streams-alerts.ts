import { type Alert, steady } from "../alert.ts";

const at = (atMinute: number, ...series: Alert["fires"]["series"]): Alert["fires"] => ({ series, atMinute });
const instance = { cluster: "c", application: "orders-4f0e" } as const;
const thread = { cluster: "c", thread: "orders-4f0e-StreamThread-1" } as const;
const task = { ...thread, task: "0_1" } as const;
const LOOK = { text: "What do its metrics say?", command: "ottla doctor --only STR --metrics <metrics>" };
const WHY = { text: "Where do its records wait?", command: "ottla streams list" };

/** What shows at running Streams applications. */
export const streamsAlerts: readonly Alert[] = [
  {
    name: "KafkaStreamsThreadsFailed",
    severity: "critical",
    rule: "STR-17",
    needs: ["streamsFailedThreads"],
    forMinutes: 2,
    summary: "Threads of a Streams application have failed",
    description: "{{ $value }} threads of <application> have failed; their tasks stand still, or crowd the threads that are left.",
    labels: ["cluster", "application"],
    expression: (read) => `${read.by("sum", "streamsFailedThreads", ["cluster", "application"], read.now("streamsFailedThreads"))} > 0`,
    fires: at(10, steady("streamsFailedThreads", 1, 15, instance)),
    silent: at(10, steady("streamsFailedThreads", 0, 15, instance)),
    runbook: {
      impact: "What these tasks work out stops, or comes late.",
      observe: [LOOK, WHY],
      act: [
        {
          text: "One record again and again in its log: it cannot be handled. Give the application a handler that sends it to a dead-letter topic.",
        },
        { text: "ProducerFenced or a time-out in a transaction: brokers were slow, or two instances had one task. Start it again." },
        { text: "Out of memory: a store has grown. Fewer threads, or a store on disk." },
      ],
      verify: [LOOK],
    },
  },
  {
    name: "KafkaStreamsRecordsDropped",
    severity: "warning",
    rule: "STR-18",
    needs: ["streamsDroppedRate"],
    forMinutes: 5,
    summary: "A Streams application drops records",
    description: "Task <task> of <thread> drops {{ $value }} records a second: late ones, or such without a key.",
    labels: ["cluster", "thread", "task"],
    expression: (read) => `${read.by("sum", "streamsDroppedRate", ["cluster", "thread", "task"], read.now("streamsDroppedRate"))} > 0`,
    fires: at(10, steady("streamsDroppedRate", 2, 15, task)),
    silent: at(10, steady("streamsDroppedRate", 0, 15, task)),
    runbook: {
      impact: "Results lack these records for good; nothing else says so.",
      observe: [LOOK],
      act: [
        { text: "They come after their window's grace: a longer grace, or mend what delays them." },
        { text: "They have no key where one is needed: give them one before groupBy or the join." },
      ],
      verify: [LOOK],
    },
  },
  {
    name: "KafkaStreamsThreadSaturated",
    severity: "warning",
    rule: "STR-19",
    needs: ["streamsProcessRatio"],
    forMinutes: 10,
    summary: "A thread of a Streams application has no time left",
    description: "<thread> spends {{ $value | humanizePercentage }} of its time processing; with a little more to do it falls behind.",
    labels: ["cluster", "thread"],
    expression: (read) => `${read.by("max", "streamsProcessRatio", ["cluster", "thread"], read.now("streamsProcessRatio"))} > 0.9`,
    fires: at(20, steady("streamsProcessRatio", 0.95, 25, thread)),
    silent: at(20, steady("streamsProcessRatio", 0.9, 25, thread)),
    runbook: {
      impact: "Results come later the more there is to do.",
      observe: [LOOK, WHY],
      act: [
        { text: "There are more tasks than threads: more threads, or more instances." },
        { text: "Each thread has one task: only more partitions, or cheaper processing, help." },
      ],
      verify: [LOOK],
    },
  },
];
