import type { ProducerRecord } from "@ottla/client";
import type { SourceOffset } from "../storage/offset-store.ts";
import { AtLeastOnceOutput } from "./at-least-once-output.ts";
import { ExactlyOnceOutput, type TransactionBoundary } from "./exactly-once-output.ts";
import type { SourceOutput } from "./source-output.ts";
import { numberOf } from "./task-settings.ts";
import type { TaskPlan, TaskWorld } from "./task-world.ts";
import { sourceTransactionalId } from "./transactional-ids.ts";

/** What a source's task does with what is decided. */
export interface SourceOutputHooks {
  readonly acked: (offsets: readonly SourceOffset[]) => Promise<void>;
  /** Told when records are durable, offsets not yet; undefined: the source does not ask. */
  readonly delivered: ((offset: SourceOffset) => void) | undefined;
  /** Told of the first thing that cannot be mended, also while the source is silent. */
  readonly onFailure: (error: Error) => void;
  readonly tolerate: ((record: ProducerRecord, error: Error) => Promise<void>) | undefined;
}

const FLUSH_INTERVAL_MS = 60_000;
/** `batch.size` where neither worker nor connector says: a source's records come in floods, and a batch costs what ten records do. */
const BATCH_BYTES = 262_144;
/** A batch of the source is no transaction of its own where it is small: so many records, or so long. */
const BATCHES = { kind: "batches", count: 1_000, intervalMs: 100 } as const;

/** The output that the worker's and the connector's settings ask for. */
export function openSourceOutput(plan: TaskPlan, world: TaskWorld, hooks: SourceOutputHooks): SourceOutput {
  const { acked, delivered, tolerate, onFailure } = hooks;
  const { clients, offsets, worker, clock, logger } = world;
  const commitIntervalMs = numberOf(worker, "offset.flush.interval.ms", FLUSH_INTERVAL_MS);
  if (offsets.records === undefined) {
    const producer = clients.client.producer({ batchSizeBytes: BATCH_BYTES, ...clients.producer });
    const commit = (each: Parameters<typeof offsets.put>[0]): Promise<void> => offsets.put(each);
    return new AtLeastOnceOutput({ producer, commit, acked, delivered, tolerate, onFailure, commitIntervalMs, clock, logger });
  }
  const transactionalId = sourceTransactionalId(worker["group.id"] ?? "", plan.connector, plan.task);
  const producer = clients.client.producer({
    batchSizeBytes: BATCH_BYTES,
    ...clients.producer,
    acks: "all",
    idempotent: true,
    transactionalId,
  });
  return new ExactlyOnceOutput({
    producer,
    offsetRecords: offsets.records,
    acked: async (each) => {
      if (delivered !== undefined) for (const offset of each) delivered(offset);
      await acked(each);
    },
    boundary: boundaryOf(plan, commitIntervalMs),
    onFailure,
    clock,
    logger,
  });
}

function boundaryOf({ properties }: TaskPlan, commitIntervalMs: number): TransactionBoundary {
  switch (properties["transaction.boundary"]?.trim() ?? "poll") {
    case "connector":
      return { kind: "connector" };
    case "interval":
      return {
        kind: "batches",
        count: Number.POSITIVE_INFINITY,
        intervalMs: numberOf(properties, "transaction.boundary.interval.ms", commitIntervalMs),
      };
    default:
      return BATCHES;
  }
}
