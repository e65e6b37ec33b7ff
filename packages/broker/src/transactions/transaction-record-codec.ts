import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import { transactionLogKey } from "@ottla/protocol/data/transaction-log-key";
import { makePartitionsSchema, makeTransactionLogValue, transactionLogValue } from "@ottla/protocol/data/transaction-log-value";
import type { LogRecord } from "../coordinator/coordinator-log.ts";
import { readRecordValue } from "../coordinator/read-record-value.ts";
import { NO_PARTITIONS, NO_PRODUCER, TRANSACTION_STATES, type Transaction, type TransactionPartitions } from "./transaction.ts";

/** One record of `__transaction_state`. `value` null is a tombstone. */
export interface TransactionRecord {
  readonly transactionalId: string;
  readonly value: Transaction | null;
}

/** What a key takes beside the id, and a value beside its partitions, at most. */
const KEY_BYTES = 16;
const VALUE_BYTES = 96;

/**
 * A record in Kafka's own format, so that Kafka's tools can print it: key = int16 record type · fields; value = int16 version · fields. Version 1 keeps, as tagged
 * fields, what KIP-890 adds; Kafka writes it from transaction.version 1 on.
 */
export function encodeRecord({ transactionalId, value }: TransactionRecord, valueVersion: 0 | 1): LogRecord {
  const key = new ByteWriter(KEY_BYTES + transactionalId.length);
  key.int16(transactionLogKey.recordType ?? 0);
  transactionLogKey.write(key, { transactionalId }, 0);
  return { key: key.toBuffer(), value: value && encodeValue(value, valueVersion) };
}

/** Reads a record; `undefined` for types of records that came later. Errors: `MALFORMED_BYTES`. */
export function decodeRecord({ key, value }: LogRecord): TransactionRecord | undefined {
  const reader = new ByteReader(key);
  if (reader.int16() !== transactionLogKey.recordType) return undefined;
  const { transactionalId } = transactionLogKey.read(reader, 0);
  return { transactionalId, value: value && decodeValue(value) };
}

function encodeValue(transaction: Transaction, version: 0 | 1): Buffer {
  const isNew = version === 1;
  const value = makeTransactionLogValue({
    producerId: transaction.producerId,
    producerEpoch: transaction.producerEpoch,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStatus: TRANSACTION_STATES.indexOf(transaction.state),
    transactionPartitions: transaction.state === "Empty" ? null : topicsOf(transaction.partitions),
    transactionLastUpdateTimestampMs: transaction.lastUpdateMs,
    transactionStartTimestampMs: transaction.startMs,
    ...(isNew && {
      previousProducerId: transaction.previousProducerId,
      nextProducerId: transaction.nextProducerId,
      clientTransactionVersion: transaction.clientVersion,
    }),
  });
  const writer = new ByteWriter(VALUE_BYTES);
  writer.int16(version);
  transactionLogValue.write(writer, value, version);
  return writer.toBuffer();
}

function topicsOf(partitions: TransactionPartitions) {
  return Array.from(partitions, ([topic, indexes]) => makePartitionsSchema({ topic, partitionIds: [...indexes] }));
}

function decodeValue(bytes: Buffer): Transaction {
  const value = readRecordValue(transactionLogValue, bytes);
  const state = TRANSACTION_STATES[value.transactionStatus];
  if (state === undefined) throw new MalformedBytesError(`A transaction is in state ${value.transactionStatus}, which is none.`);
  return {
    state,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_PRODUCER,
    timeoutMs: value.transactionTimeoutMs,
    partitions: state === "Empty" ? NO_PARTITIONS : partitionsOf(value.transactionPartitions ?? []),
    lastUpdateMs: value.transactionLastUpdateTimestampMs,
    startMs: value.transactionStartTimestampMs,
    clientVersion: value.clientTransactionVersion,
  };
}

function partitionsOf(topics: readonly { readonly topic: string; readonly partitionIds: readonly number[] }[]): TransactionPartitions {
  const partitions = new Map<string, Set<number>>();
  for (const { topic, partitionIds } of topics) {
    const indexes = partitions.get(topic) ?? new Set();
    for (const index of partitionIds) indexes.add(index);
    partitions.set(topic, indexes);
  }
  return partitions;
}
