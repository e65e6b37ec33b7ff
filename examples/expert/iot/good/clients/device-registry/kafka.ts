// Written by "ottla design" for iot. Change the design file and write it again.
import type { ClientOptions, ProducerOptions } from "@ottla/client";

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The variable ${name} is not set.`);
  return value;
}

export const clientOptions = {
  bootstrapServers: variable("BOOTSTRAP_SERVERS"),
  clientId: "device-registry",
  /** nobody on the way reads or changes anything; TLS_CA is a file for an authority of one's own */
  tls: process.env["TLS_CA"] === undefined ? true : { caFile: process.env["TLS_CA"] },
  sasl: { mechanism: "SCRAM-SHA-512", username: "device-registry", password: variable("KAFKA_PASSWORD") },
} satisfies ClientOptions;

export const producerOptions = {
  /** a record counts when every replica in sync has it */
  acks: "all",
  /** a retry neither doubles nor reorders */
  idempotent: true,
  /** how long a record is tried; the number of retries is no bound worth setting */
  deliveryTimeoutMs: 120000,
  /** Kafka 4's default: small batches would cost more time than this */
  lingerMs: 5,
  /** room for twice what a partition gets while a batch waits; it is memory only when it is used (2 × 90 kB/s ÷ 63 partitions × 5 ms = 14.3 B, a power of two from 64 to 512 KiB) */
  batchSizeBytes: 65536,
  /** kept for a month and more: the smaller it is, the less disk */
  compression: "zstd",
  /** takes 6 min 13 s of the peak while no leader answers; then senders wait (90 kB/s × 10 s, a power of two from 32 to 256 MiB) */
  bufferMemoryBytes: 33554432,
} satisfies ProducerOptions;
