import type { Clock, Logger } from "@ottla/base";
import type { CoordinatorLog } from "../coordinator/coordinator-log.ts";
import type { MarkerWriter } from "../partitions/transaction-gate.ts";

/** The broker settings that the transaction coordinator follows, by their current values. */
export interface TransactionConfig {
  /** transaction.version of the cluster. */
  readonly serverVersion: number;
  /** transaction.max.timeout.ms */
  readonly maxTimeoutMs: number;
  /** transaction.abort.timed.out.transaction.cleanup.interval.ms: an overdue transaction whose abort could not be written is aborted again after this. */
  readonly abortRetryMs: number;
  /** transactional.id.expiration.ms */
  readonly idExpirationMs: number;
  /** transaction.remove.expired.transaction.cleanup.interval.ms */
  readonly idExpirationCheckIntervalMs: number;
  /** What all transactional ids may hold of the broker's memory; they outlive their connections, so no connection's share covers them. */
  readonly heldBytesMax: number;
}

/** What the transaction coordinator needs of the broker around it. */
export interface TransactionCoordinatorDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: CoordinatorLog;
  readonly markers: MarkerWriter;
  /** A producer id that nobody has. Rejects when none can be reserved. */
  nextProducerId(): Promise<number>;
  /** The leader epoch of a partition of `__transaction_state`: markers carry it, so that a coordinator that is none any more is fenced. */
  coordinatorEpoch(partition: number): number;
  /** Asked anew for each decision, so that dynamic changes count at once. */
  config(): TransactionConfig;
}

/** Reads a broker setting by Kafka's name. */
export interface TransactionSettings {
  number(name: string): number;
}

/** Half a million ids and more, unless they are long or their transactions wide. */
const HELD_BYTES_MAX = 256 * 1024 * 1024;

/** The transaction coordinator's view of the broker's configuration. */
export function transactionConfig(settings: TransactionSettings, serverVersion: number): TransactionConfig {
  return {
    serverVersion,
    maxTimeoutMs: settings.number("transaction.max.timeout.ms"),
    abortRetryMs: settings.number("transaction.abort.timed.out.transaction.cleanup.interval.ms"),
    idExpirationMs: settings.number("transactional.id.expiration.ms"),
    idExpirationCheckIntervalMs: settings.number("transaction.remove.expired.transaction.cleanup.interval.ms"),
    heldBytesMax: HELD_BYTES_MAX,
  };
}
