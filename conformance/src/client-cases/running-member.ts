import {
  type Client,
  ClientError,
  type Consumer,
  type ConsumerOptions,
  type SubscriptionPattern,
  type TopicPartition,
} from "@ottla/client";

/** A member that polls by itself and writes down what happens. */
export interface RunningMember {
  readonly consumer: Consumer;
  readonly events: string[];
  owned(): string;
  /** Stops polling without leaving. */
  halt(): Promise<void>;
  close(): Promise<void>;
}

/** The numbers of partitions, in order. */
export const numbers = (partitions: readonly TopicPartition[]) =>
  partitions
    .map(({ partition }) => partition)
    .sort((a, b) => a - b)
    .join(",");

/** A member that polls every 50 ms at least, and reads from the start. */
export function runMember(
  client: Client,
  topics: string | RegExp | SubscriptionPattern,
  options: ConsumerOptions,
  onRecord: (text: string) => void = () => {},
): RunningMember {
  const consumer = client.consumer({
    autoOffsetReset: "earliest",
    ...(options.groupProtocol === "consumer" ? {} : { heartbeatIntervalMs: 100 }),
    autoCommitIntervalMs: 100,
    ...options,
  });
  const events: string[] = [];
  const note = (what: string) => (partitions: readonly TopicPartition[]) => void events.push(`${what} ${numbers(partitions)}`);
  consumer.subscribe(topics, { onAssigned: note("assigned"), onRevoked: note("revoked"), onLost: note("lost") });
  let isRunning = true;
  const pollOnce = async () => {
    for (const batch of await consumer.poll(50)) for (const record of batch) onRecord(`${record.partition}:${record.offset}`);
  };
  const loop = (async () => {
    while (isRunning) await pollOnce();
  })();
  // Whoever halts the member hears of its failure; until then the group must not wait for it.
  loop.catch(() => consumer.close());
  const halt = () => {
    isRunning = false;
    return loop;
  };
  return {
    consumer,
    events,
    owned: () => numbers(consumer.assignment()),
    halt,
    async close() {
      await halt();
      // What the last poll gave is done with; without a word about it the group would read it again. No commit counts while the group changes its generation,
      // which under the cooperative protocol no count of partitions shows: a member that wants to lose nothing stays until it is through.
      while (!(await isCommitted(consumer))) await pollOnce();
      await consumer.close();
    },
  };
}

async function isCommitted(consumer: Consumer): Promise<boolean> {
  try {
    await consumer.commit();
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === "COMMIT_FAILED") return false;
    throw error;
  }
}
