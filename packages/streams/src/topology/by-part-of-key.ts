import { noHeaders } from "../record.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { StreamPartitioner } from "./parts.ts";

const made = new WeakSet<object>();

/** Windowed keys are spread over partitions by the inner key; undefined where the serde has no such part. */
export function byPartOfKey(serde: AnySerde | undefined): StreamPartitioner<never, never> | undefined {
  if (serde?.partitionOf === undefined) return undefined;
  const partitioner: StreamPartitioner<never, never> = (topic, key, _value, partitions) =>
    key === null ? undefined : serde.partitionOf?.(topic, key, noHeaders, partitions);
  made.add(partitioner);
  return partitioner;
}

/** Whether it is one of these, and not a user's. */
export function isByPartOfKey(partitioner: object): boolean {
  return made.has(partitioner);
}
