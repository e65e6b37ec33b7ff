// Written by "ottla design" for shop. Change the design file and write it again.
import type { ClientOptions, ConsumerOptions, ErrorStrategy, ProducerOptions } from "@ottla/client";

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The variable ${name} is not set.`);
  return value;
}

export const clientOptions = {
  bootstrapServers: variable("BOOTSTRAP_SERVERS"),
  clientId: "payment-service",
  /** nobody on the way reads or changes anything; TLS_CA is a file for an authority of one's own */
  tls: process.env["TLS_CA"] === undefined ? true : { caFile: process.env["TLS_CA"] },
  sasl: { mechanism: "SCRAM-SHA-512", username: "payment-service", password: variable("KAFKA_PASSWORD") },
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
  /** room for twice what a partition gets while a batch waits; it is memory only when it is used (2 × 96 kB/s ÷ 3 partitions × 5 ms = 320 B, a power of two from 64 to 512 KiB) */
  batchSizeBytes: 65536,
  /** kept for a month and more: the smaller it is, the less disk */
  compression: "zstd",
  /** takes 5 min 50 s of the peak while no leader answers; then senders wait (96 kB/s × 10 s, a power of two from 32 to 256 MiB) */
  bufferMemoryBytes: 33554432,
} satisfies ProducerOptions;

export const consumerOptions = {
  /** its instances share the partitions; no other service has this group */
  groupId: "payment-service",
  /** the coordinator divides the partitions (KIP-848): nobody stops while a member comes or goes */
  groupProtocol: "consumer",
  /** an instance is back within 30 s, before the 45 s of its session are over: its partitions wait for it, and a deployment moves none */
  groupInstanceId: `payment-service-${variable("INSTANCE")}`,
  /** an offset is committed when the work on the record is done, and not before */
  enableAutoCommit: false,
  /** a group without an offset begins at the beginning: nothing is passed over silently */
  autoOffsetReset: "earliest",
  /** somebody here writes in transactions, and aborted records are none; where nobody does it costs nothing */
  isolationLevel: "read_committed",
  /** a poll's records are done in half of the time that there is between two polls (min(500, 0.5 × 300 s ÷ 20 ms)) */
  maxPollRecords: 500,
  /** the default, of which a poll's records take half at most */
  maxPollIntervalMs: 300000,
  /** a name that is typed wrong is an error, and no new topic */
  allowAutoCreateTopics: false,
} satisfies ConsumerOptions;

/** For `consumer.run({ onError })`: first in place, then by the topics; none of them is made by the client. */
export const onError = {
  deadLetterTopic: "shop.payment-service.dlq",
  createTopics: false,
} satisfies ErrorStrategy;
