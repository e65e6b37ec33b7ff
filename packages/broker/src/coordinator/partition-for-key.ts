/**
 * The partition of `__consumer_offsets` (or `__transaction_state`) that keeps a group (or transactional id): Java's `String.hashCode`,
 * made positive, modulo the number of partitions. Clients and tools of Kafka count on it.
 */
export function partitionForKey(key: string, partitionCount: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(31, hash) + key.charCodeAt(i)) | 0;
  // Java's absolute value of the smallest int is negative; Kafka takes 0 instead.
  const positive = hash === -2147483648 ? 0 : Math.abs(hash);
  return positive % partitionCount;
}
