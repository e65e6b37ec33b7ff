import type { Client } from "@ottla/client";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { Comparison } from "../measure/comparison.ts";
import { shapes } from "../streams-driver/shapes.ts";
import { Contestant } from "./contestant.ts";
import { makeInputTopics, PARTITIONS } from "./input-topics.ts";
import { bodyOf, sidesOf, type StreamsBenchPart } from "./part.ts";

const RECORDS_PER_SECOND = 20_000;
const TICK_MS = 5;
const WARM_UP_MS = 10_000;
const MEASURED_MS = 20_000;
const KEYS = 1_000;
const COMMIT_INTERVAL_MS = 100;

/** How long after a record was handed to a producer what became of it is in a consumer's hands. */
export const latencyPart: StreamsBenchPart = {
  title: "from a record to what becomes of it",
  async run(options, { cluster, client }) {
    const { recordsPerSecond = RECORDS_PER_SECOND } = options;
    await makeInputTopics(client);
    const comparison = new Comparison();
    const chosen = options.shapes.filter((shape) => shape === "filter-map" || shape === "count");
    for (let round = 0; round < options.rounds; round++) {
      for (const shape of chosen) {
        for (const guarantee of options.guarantees) {
          for (const side of sidesOf(options, round)) {
            const folder = makeTemporaryFolder("streams-latency");
            const applicationId = `bench-latency-${shape}-${guarantee}-${side}-${round}`;
            const application = { shape, applicationId, isExact: guarantee === "exactlyOnce", stores: "memory" } as const;
            const { bootstrap } = cluster;
            const contestant = await Contestant.start(side, { ...application, bootstrap, commitIntervalMs: COMMIT_INTERVAL_MS, folder });
            try {
              await contestant.running();
              const { latencies, brokerSeconds } = await measure(client, application.isExact, recordsPerSecond, cluster.pids);
              const row = `${shapes[shape].title}${application.isExact ? ", exactly once" : ""}`;
              for (const percent of [50, 99]) {
                comparison.add(`${row}: p${percent}, ms`, side, at(latencies, percent), { than: "kafka", atMost: 1 });
              }
              comparison.add(`${row}: the broker's processor time, % of a core`, side, (brokerSeconds * 100_000) / MEASURED_MS);
            } finally {
              await contestant.close();
              removeTemporaryFolder(folder);
            }
          }
        }
      }
    }
    const said = `${recordsPerSecond} records per second into ${PARTITIONS} partitions, ${WARM_UP_MS / 1000} s to warm up and ${MEASURED_MS / 1000} s counted; producer, application and consumer have the machine to themselves together with the broker. Both sides have their defaults: Java's lets records linger for 100 ms. Exactly once the consumer reads what is committed, every ${COMMIT_INTERVAL_MS} ms.`;
    return bodyOf(said, comparison);
  },
};

interface Measured {
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
  /** Processor time of the broker while they were measured. */
  readonly brokerSeconds: number;
}

async function measure(client: Client, isExact: boolean, recordsPerSecond: number, brokerPids: readonly number[]): Promise<Measured> {
  const consumer = client.consumer({ isolationLevel: isExact ? "read_committed" : "read_uncommitted", autoOffsetReset: "latest" });
  const places = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: "out", partition }));
  consumer.assign(places);
  consumer.seekToEnd();
  for (const place of places) await consumer.position(place);
  const producer = client.producer({ lingerMs: 0 });
  const startMs = Date.now();
  const endMs = startMs + WARM_UP_MS + MEASURED_MS;
  let sent = 0;
  const value = "x".repeat(61);
  const timer = setInterval(() => {
    const nowMs = Date.now();
    for (const due = ((Math.min(nowMs, endMs) - startMs) * recordsPerSecond) / 1000; sent < due; sent++) {
      void producer.enqueue({ topic: "left", key: `key-${(sent * 7919) % KEYS}`, value, timestamp: nowMs });
    }
  }, TICK_MS);
  const latencies: number[] = [];
  let warmSeconds: number | undefined;
  try {
    while (Date.now() < endMs) {
      if (Date.now() >= startMs + WARM_UP_MS) warmSeconds ??= readProcessUsage(...brokerPids).cpuSeconds;
      for (const batch of await consumer.poll(50)) {
        const nowMs = Date.now();
        const cursor = batch.cursor();
        while (cursor.moveNext()) {
          if (cursor.timestamp >= startMs + WARM_UP_MS) latencies.push(nowMs - cursor.timestamp);
        }
      }
    }
  } finally {
    clearInterval(timer);
    await producer.close();
    await consumer.close();
  }
  const brokerSeconds = readProcessUsage(...brokerPids).cpuSeconds - (warmSeconds ?? Number.NaN);
  // A figure of nothing would look like one that was missed.
  if (latencies.length === 0)
    throw new Error(
      `Nothing that was sent in the last ${MEASURED_MS} ms came out by their end: this machine does not carry ${recordsPerSecond} records a second now.`,
    );
  return { latencies: latencies.sort((a, b) => a - b), brokerSeconds };
}

function at(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
