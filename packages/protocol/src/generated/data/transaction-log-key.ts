// Generated from packages/protocol/spec/data/transaction-log-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface TransactionLogKey {
  readonly transactionalId: string;
}

export function makeTransactionLogKey(init: Partial<TransactionLogKey> = {}): TransactionLogKey {
  return {
    transactionalId: init.transactionalId ?? "",
  };
}

function readTransactionLogKey(reader: ByteReader, _version: number): TransactionLogKey {
  const transactionalId = readString(reader);
  return { transactionalId };
}

function writeTransactionLogKey(writer: ByteWriter, message: TransactionLogKey, _version: number): void {
  writeString(writer, message.transactionalId);
}

/** TransactionLogKey: versions 0, record type 0. */
export const transactionLogKey: DataMessage<TransactionLogKey> = {
  name: "TransactionLogKey",
  recordType: 0,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readTransactionLogKey,
  write: writeTransactionLogKey,
};
