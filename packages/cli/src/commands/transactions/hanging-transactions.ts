import type { Admin, ProducerState, TopicPartition, TransactionDescription } from "@ottla/client";

/** A transaction that a partition has open. */
export interface OpenTransaction extends TopicPartition {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number | undefined;
  readonly startOffset: number;
  readonly lastTimestamp: number;
}

/** The transactions that a partition has open. */
export function openTransactions({ topic, partition }: TopicPartition, producers: readonly ProducerState[]): OpenTransaction[] {
  return producers.flatMap(({ producerId, producerEpoch, coordinatorEpoch, currentTransactionStartOffset: startOffset, lastTimestamp }) =>
    startOffset === undefined ? [] : [{ topic, partition, producerId, producerEpoch, coordinatorEpoch, startOffset, lastTimestamp }],
  );
}

/** Those that no coordinator will end: it knows no transaction of the producer, or none that has the partition. As in Kafka's own tool. */
export async function hangingAmong(admin: Admin, open: readonly OpenTransaction[]): Promise<OpenTransaction[]> {
  if (open.length === 0) return [];
  const producerIds = [...new Set(open.map(({ producerId }) => producerId))];
  const listed = await admin.listTransactions({ producerIds });
  const described = await admin.describeTransactions(listed.map(({ transactionalId }) => transactionalId));
  const byProducer = new Map<number, TransactionDescription>();
  for (const { value } of described) if (value) byProducer.set(value.producerId, value);
  return open.filter(({ topic, partition, producerId }) => {
    const known = byProducer.get(producerId)?.partitions ?? [];
    return !known.some((each) => each.topic === topic && each.partition === partition);
  });
}
