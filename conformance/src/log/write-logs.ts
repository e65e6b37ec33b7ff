import { silentLogger } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { SeededRandom, SimulatedClock } from "@ottla/base/simulated";
import { defaultLogConfig, type LogConfig, LogStore, type PartitionLog } from "@ottla/log";
import { type CodecName, encodeEndTransactionMarker, RecordBatchBuilder } from "@ottla/protocol/records";
import { countPartition } from "../compaction/kafka-log.ts";

/** What was written into one partition: Kafka's tool has to find just this. */
export interface WrittenLog {
  readonly name: string;
  readonly directory: string;
  readonly batches: number;
  readonly records: number;
  /** Transactions that were aborted. */
  readonly aborted: number;
}

interface LogPlan {
  readonly name: string;
  readonly config?: Partial<LogConfig>;
  readonly codec?: CodecName;
  readonly isIdempotent?: boolean;
  /** Keys come again after so many batches, and the log is compacted at the end. */
  readonly keys?: number;
  /** Its producers write in transactions, which end now and then, one way or the other; some stay open. */
  readonly isTransactional?: boolean;
  /** ms between records; negative: timestamps go back. */
  readonly stepMs?: number;
  readonly recordBytes: number;
  readonly batches: number;
}

/** Each plan shows another trait of the files. All segments are small, so that every log has several. */
const plans: readonly LogPlan[] = [
  { name: "plain", recordBytes: 100, batches: 400 },
  { name: "large-batches", recordBytes: 6000, batches: 60 },
  { name: "dense-index", config: { indexIntervalBytes: 0 }, recordBytes: 50, batches: 200 },
  { name: "gzip", codec: "gzip", recordBytes: 200, batches: 300 },
  { name: "snappy", codec: "snappy", recordBytes: 200, batches: 300 },
  { name: "lz4", codec: "lz4", recordBytes: 200, batches: 300 },
  { name: "zstd", codec: "zstd", recordBytes: 200, batches: 300 },
  { name: "idempotent", isIdempotent: true, recordBytes: 100, batches: 400 },
  { name: "transactional", isIdempotent: true, isTransactional: true, recordBytes: 100, batches: 400 },
  {
    name: "transactional-append-time",
    config: { messageTimestampType: "LogAppendTime" },
    isIdempotent: true,
    isTransactional: true,
    recordBytes: 100,
    batches: 400,
  },
  { name: "append-time", config: { messageTimestampType: "LogAppendTime" }, recordBytes: 100, batches: 400 },
  { name: "times-go-back", stepMs: -7, recordBytes: 100, batches: 400 },
  { name: "compacted", keys: 70, recordBytes: 300, batches: 600 },
  { name: "compacted-lz4", keys: 70, codec: "lz4", recordBytes: 300, batches: 900 },
  { name: "index-full", config: { segmentIndexBytes: 96, indexIntervalBytes: 0 }, recordBytes: 100, batches: 50 },
];

const RECORDS_PER_BATCH = 5;
/** Its transactions are longer than a segment, or shorter. */
const BATCHES_PER_MARKER = 7;
const START_MS = Date.UTC(2026, 0, 1);

/** Writes one log per plan in `folder` and closes all properly; some are killed and recovered half-way. */
export async function writeLogs(folder: string): Promise<WrittenLog[]> {
  const clock = new SimulatedClock(START_MS);
  const deps = { disk: nodeDisk, clock, random: new SeededRandom(1), logger: silentLogger };
  const configOf = (topic: string): LogConfig => ({
    ...defaultLogConfig,
    segmentBytes: 32 * 1024,
    retentionMs: -1,
    ...compactionOf(plans.find((plan) => plan.name === topic)),
    ...plans.find((plan) => plan.name === topic)?.config,
  });
  const first = LogStore.open(deps, folder);
  await first.loadPartitions({ configOf });
  for (const plan of plans) {
    const log = first.createPartition(plan.name, 0, "AAAAAAAAAAAAAAAAAAAAAQ", configOf(plan.name));
    fill(log, plan, 0, Math.floor(plan.batches / 2), clock);
  }
  first.abandon();
  const second = LogStore.open(deps, folder);
  await second.loadPartitions({ configOf });
  const written: WrittenLog[] = [];
  for (const plan of plans) {
    const log = second.get(plan.name, 0)!;
    fill(log, plan, Math.floor(plan.batches / 2), plan.batches, clock);
    const markers = plan.isTransactional ? Math.floor(plan.batches / BATCHES_PER_MARKER) : 0;
    written.push({
      name: plan.name,
      directory: log.directory,
      batches: plan.batches + markers,
      records: plan.batches * RECORDS_PER_BATCH + markers,
      aborted: Math.ceil(markers / 2),
    });
  }
  await second.compact();
  await second.close();
  for (const [i, { directory }] of written.entries())
    if (plans[i]!.keys !== undefined) written[i] = { ...written[i]!, ...countPartition(directory) };
  return written;
}

function compactionOf(plan: LogPlan | undefined): Partial<LogConfig> {
  return plan?.keys === undefined ? {} : { compacts: true, deletes: false, minCleanableDirtyRatio: 0, fileDeleteDelayMs: 0 };
}

function fill(log: PartitionLog, plan: LogPlan, from: number, to: number, clock: SimulatedClock): void {
  for (let i = from; i < to; i++) {
    const isTransactional = plan.isTransactional === true;
    const builder = new RecordBatchBuilder({ isTransactional });
    const producer = { producerId: 4000 + (i % 3), producerEpoch: 1, baseSequence: Math.floor(i / 3) * RECORDS_PER_BATCH };
    if (plan.isIdempotent) builder.setProducerState(producer.producerId, producer.producerEpoch, producer.baseSequence);
    for (let k = 0; k < RECORDS_PER_BATCH; k++) {
      const timestamp = START_MS + (i * RECORDS_PER_BATCH + k) * (plan.stepMs ?? 10);
      builder.append(
        Buffer.from(`key-${plan.keys === undefined ? i : (i * 5 + k * 3) % plan.keys}`),
        Buffer.alloc(plan.recordBytes, `${k}${i}`),
        [],
        timestamp,
      );
    }
    clock.advance(5);
    const leaderEpoch = from === 0 ? 3 : 4;
    const start = isTransactional ? log.startVerification({ ...producer, raisesEpoch: false }) : undefined;
    const guard = start?.kind === "started" ? start.guard : undefined;
    const outcome = log.append(builder.close(plan.codec ?? "none"), { origin: "client", leaderEpoch, guard });
    if (outcome.kind !== "appended") throw new Error(`${plan.name}: batch ${i} was not appended: ${JSON.stringify(outcome)}`);
    if (!isTransactional || i % BATCHES_PER_MARKER !== BATCHES_PER_MARKER - 1) continue;
    const place = { ...producer, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: clock.nowMs() };
    const marker = encodeEndTransactionMarker({ outcome: i % 2 === 0 ? "abort" : "commit", coordinatorEpoch: 5 }, place);
    const ended = log.append(marker, { origin: "marker", leaderEpoch });
    if (ended.kind !== "appended") throw new Error(`${plan.name}: marker ${i} was not appended: ${JSON.stringify(ended)}`);
  }
}
