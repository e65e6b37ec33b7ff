import * as records from "@ottla/protocol/records";
import { checkBytes, checkInteger, INT32_MAX } from "../options/argument-checks.ts";

/**
 * The 32-bit hash that Java's producer takes of a key, as a signed integer: equal keys go to the same partition whichever client sends them. Throws `ClientError`
 * INVALID_ARGUMENT. Source: org.apache.kafka.common.utils.Utils.murmur2.
 */
export function murmur2(key: Uint8Array): number {
  checkBytes("murmur2: key", key);
  return records.murmur2(key);
}

/** The partition of a key as Java's producer chooses it. Throws `ClientError` INVALID_ARGUMENT. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  checkBytes("partitionOfKey: key", key);
  return records.partitionOfKey(key, checkInteger("partitionOfKey: partitionCount", partitionCount, 1, INT32_MAX));
}
