import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: transaction. Facts: Apache Kafka 4.4.0. */
export const transactionConfigKeys: readonly ConfigKey[] = [
  configKey(
    "add.partitions.to.txn.retry.backoff.max.ms",
    "int",
    "100",
    "How long a broker keeps trying to add a partition to a transaction on a producer's behalf.",
    { validator: atLeast(0), importance: "high" },
  ),
  configKey(
    "add.partitions.to.txn.retry.backoff.ms",
    "int",
    "20",
    "How long a broker waits between two tries to add a partition to a transaction.",
    {
      validator: atLeast(1),
      importance: "high",
    },
  ),
  configKey(
    "transaction.abort.timed.out.transaction.cleanup.interval.ms",
    "int",
    "10000",
    "How long until the abort of an overdue transaction is tried again if it could not be written. Aborting needs no looking for: it happens when a transaction is overdue.",
    {
      validator: atLeast(1),
      importance: "low",
    },
  ),
  configKey(
    "transaction.max.timeout.ms",
    "int",
    "900000",
    "The longest timeout a producer may ask for its transactions; more is refused with INVALID_TRANSACTION_TIMEOUT.",
    { validator: atLeast(1), importance: "high" },
  ),
  configKey(
    "transaction.partition.verification.enable",
    "boolean",
    "true",
    "Whether a transactional write is refused unless its partition was added to the transaction.",
    { importance: "low", dynamic: "cluster-wide" },
  ),
  configKey(
    "transaction.remove.expired.transaction.cleanup.interval.ms",
    "int",
    "3600000",
    "How often expired transactional ids are looked for and removed.",
    {
      validator: atLeast(1),
      importance: "low",
    },
  ),
  configKey("transaction.state.log.load.buffer.size", "int", "5242880", "How many bytes are read at a time when transactions are loaded.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("transaction.state.log.min.isr", "int", "2", "In-sync replicas that a write to `__transaction_state` needs.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey(
    "transaction.state.log.num.partitions",
    "int",
    "50",
    "Partitions of `__transaction_state`; must not change once the topic exists.",
    {
      validator: atLeast(1),
      importance: "high",
    },
  ),
  configKey("transaction.state.log.replication.factor", "short", "3", "Replicas of `__transaction_state`.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey("transaction.state.log.segment.bytes", "int", "104857600", "Segment size of `__transaction_state`.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey(
    "transaction.two.phase.commit.enable",
    "boolean",
    "false",
    "Whether producers may leave a prepared transaction to an outside coordinator.",
    {
      importance: "low",
      effect: "none",
    },
  ),
  configKey("transactional.id.expiration.ms", "int", "604800000", "How long an unused transactional id is remembered.", {
    validator: atLeast(1),
    importance: "high",
  }),
];
