// Written by "ottla design" for iot. Change the design file and write it again.
import type { ClientOptions, ProducerOptions } from "@ottla/client";

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The variable ${name} is not set.`);
  return value;
}

export const clientOptions = {
  bootstrapServers: variable("BOOTSTRAP_SERVERS"),
  clientId: "mqtt-gateway",
  /** nobody on the way reads or changes anything; TLS_CA is a file for an authority of one's own */
  tls: process.env["TLS_CA"] === undefined ? true : { caFile: process.env["TLS_CA"] },
  sasl: { mechanism: "SCRAM-SHA-512", username: "mqtt-gateway", password: variable("KAFKA_PASSWORD") },
} satisfies ClientOptions;

export const producerOptions = {
  /** a record counts when every replica in sync has it */
  acks: "all",
  /** a retry neither doubles nor reorders */
  idempotent: true,
  /** how long a record is tried; the number of retries is no bound worth setting */
  deliveryTimeoutMs: 120000,
  /** of the 50 ms that there are to the reader, a tenth at most is spent on waiting for company (min(5, latency ÷ 10)) */
  lingerMs: 5,
  /** room for twice what a partition gets while a batch waits; it is memory only when it is used (2 × 10 MB/s ÷ 63 partitions × 5 ms = 1.59 kB, a power of two from 64 to 512 KiB) */
  batchSizeBytes: 65536,
  /** cheap for the processor, and saves network and disk */
  compression: "lz4",
  /** takes 13.4 s of the peak while no leader answers; then senders wait (10 MB/s × 10 s, a power of two from 32 to 256 MiB) */
  bufferMemoryBytes: 134217728,
} satisfies ProducerOptions;
