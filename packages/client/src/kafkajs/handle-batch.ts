import type { TopicPartition } from "../topic-partition.ts";
import type { Batch } from "./batch.ts";
import type { ConsumerRunConfig } from "./consumer-types.ts";
import type { Offsets, TopicPartitionOffset } from "./message-types.ts";

/** What handlers may do with the run they belong to. */
export interface Handlers {
  readonly run: ConsumerRunConfig;
  isRunning(): boolean;
  resolve(at: TopicPartition, offset: number): void;
  heartbeat(at: TopicPartition): Promise<void>;
  pause(at: TopicPartition): () => void;
  isPaused(at: TopicPartition): boolean;
  /** These, or what is resolved when it is time. */
  commitIfNecessary(offsets?: readonly TopicPartitionOffset[]): Promise<void>;
  uncommitted(): Offsets;
}

/** Whether a batch that is being handled still counts. */
export interface BatchStanding {
  /** Somebody sought elsewhere: nothing of it counts any more. */
  readonly isStale: boolean;
  /** The partition is to go: what is done counts, the rest is for another member. */
  readonly isLeaving: boolean;
}

/** Gives a batch to the handler of the run, whole or message by message. Throws what the handler throws. */
export async function handleBatch(batch: Batch, handlers: Handlers, standing: BatchStanding): Promise<void> {
  const { topic, partition } = batch;
  const at = { topic, partition };
  // Nothing but markers and aborted messages: there is nothing to handle, and it must not be read for ever.
  if (batch.isEmpty()) handlers.resolve(at, Number(batch.lastOffset()));
  else if (handlers.run.eachMessage) await handleEachMessage(batch, at, handlers, standing);
  else if (handlers.run.eachBatch) await handleWhole(batch, at, handlers, standing);
}

async function handleEachMessage(batch: Batch, at: TopicPartition, handlers: Handlers, standing: BatchStanding): Promise<void> {
  const payload = { ...at, heartbeat: () => handlers.heartbeat(at), pause: () => handlers.pause(at) };
  for (const [i, message] of batch.messages.entries()) {
    if (!handlers.isRunning() || standing.isStale || standing.isLeaving) return;
    await handlers.run.eachMessage!({ ...payload, message });
    if (standing.isStale) return;
    const isLast = i === batch.messages.length - 1;
    handlers.resolve(at, Number(isLast ? batch.lastOffset() : message.offset));
    if (standing.isLeaving) return;
    await handlers.heartbeat(at);
    await handlers.commitIfNecessary();
    if (handlers.isPaused(at)) return;
  }
}

async function handleWhole(batch: Batch, at: TopicPartition, handlers: Handlers, standing: BatchStanding): Promise<void> {
  const lastMessage = batch.messages.at(-1)!.offset;
  const resolve = (offset: string) => {
    // Markers and aborted messages behind the last message are done with it: no handler ever sees them.
    if (!standing.isStale) handlers.resolve(at, Number(offset === lastMessage ? batch.lastOffset() : offset));
  };
  await handlers.run.eachBatch!({
    batch,
    resolveOffset: resolve,
    heartbeat: () => handlers.heartbeat(at),
    pause: () => handlers.pause(at),
    commitOffsetsIfNecessary: (offsets) =>
      handlers.commitIfNecessary(
        offsets?.topics.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => ({ topic, partition, offset }))),
      ),
    uncommittedOffsets: () => handlers.uncommitted(),
    isRunning: () => handlers.isRunning(),
    isStale: () => standing.isStale,
  });
  if (handlers.run.eachBatchAutoResolve !== false) resolve(lastMessage);
}
