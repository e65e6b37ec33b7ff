// Generated from packages/protocol/spec/apis/66-list-transactions.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ListTransactionsRequest {
  readonly stateFilters: readonly string[];
  readonly producerIdFilters: readonly number[];
  /** Versions 1+. */
  readonly durationFilter: number;
  /** Versions 2+. */
  readonly transactionalIdPattern: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListTransactionsRequest(init: Partial<ListTransactionsRequest> = {}): ListTransactionsRequest {
  return {
    stateFilters: init.stateFilters ?? [],
    producerIdFilters: init.producerIdFilters ?? [],
    durationFilter: init.durationFilter ?? -1,
    transactionalIdPattern: init.transactionalIdPattern ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListTransactionsRequest(reader: ByteReader, version: number): ListTransactionsRequest {
  const stateFilters: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) stateFilters.push(readCompactString(reader));
  const producerIdFilters: number[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) producerIdFilters.push(reader.int64());
  const durationFilter = version >= 1 ? reader.int64() : -1;
  const transactionalIdPattern = version >= 2 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern, unknownTaggedFields };
}

function writeListTransactionsRequest(writer: ByteWriter, message: ListTransactionsRequest, version: number): void {
  writeCompactArrayLength(writer, message.stateFilters);
  for (const element of message.stateFilters) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.producerIdFilters);
  for (const element of message.producerIdFilters) writer.int64(element);
  if (version >= 1) writer.int64(message.durationFilter);
  else if (message.durationFilter !== -1) throw unsupportedField("ListTransactionsRequest.durationFilter", version);
  if (version >= 2) writeNullableCompactString(writer, message.transactionalIdPattern);
  else if (message.transactionalIdPattern !== null) throw unsupportedField("ListTransactionsRequest.transactionalIdPattern", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ListTransactionsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly unknownStateFilters: readonly string[];
  readonly transactionStates: readonly TransactionState[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TransactionState {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly transactionState: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListTransactionsResponse(init: Partial<ListTransactionsResponse> = {}): ListTransactionsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownStateFilters: init.unknownStateFilters ?? [],
    transactionStates: init.transactionStates ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTransactionState(init: Partial<TransactionState> = {}): TransactionState {
  return {
    transactionalId: init.transactionalId ?? "",
    producerId: init.producerId ?? 0,
    transactionState: init.transactionState ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTransactionState(reader: ByteReader, _version: number): TransactionState {
  const transactionalId = readCompactString(reader);
  const producerId = reader.int64();
  const transactionState = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { transactionalId, producerId, transactionState, unknownTaggedFields };
}

function writeTransactionState(writer: ByteWriter, message: TransactionState, _version: number): void {
  writeCompactString(writer, message.transactionalId);
  writer.int64(message.producerId);
  writeCompactString(writer, message.transactionState);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListTransactionsResponse(reader: ByteReader, version: number): ListTransactionsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownStateFilters: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) unknownStateFilters.push(readCompactString(reader));
  const transactionStates: TransactionState[] = [];
  for (let left = readCompactArrayLength(reader, 11); left > 0; left--) transactionStates.push(readTransactionState(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, unknownStateFilters, transactionStates, unknownTaggedFields };
}

function writeListTransactionsResponse(writer: ByteWriter, message: ListTransactionsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeCompactArrayLength(writer, message.unknownStateFilters);
  for (const element of message.unknownStateFilters) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.transactionStates);
  for (const element of message.transactionStates) writeTransactionState(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListTransactionsResponseInSteps(writer: ByteWriter, message: ListTransactionsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeCompactArrayLength(writer, message.unknownStateFilters);
  for (const element of message.unknownStateFilters) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.transactionStates);
  for (const element of message.transactionStates) {
    writeTransactionState(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readListTransactionsResponseInSteps(reader: ByteReader, version: number): Generator<void, ListTransactionsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownStateFilters: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) unknownStateFilters.push(readCompactString(reader));
  const transactionStates: TransactionState[] = [];
  for (let left = readCompactArrayLength(reader, 11); left > 0; left--) { transactionStates.push(readTransactionState(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, unknownStateFilters, transactionStates, unknownTaggedFields };
}

/** ListTransactions: key 66, versions 0-2. */
export const listTransactionsApi: Api<ListTransactionsRequest, ListTransactionsResponse> = {
  key: 66,
  name: "ListTransactions",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 0,
  readRequest: readListTransactionsRequest,
  writeRequest: writeListTransactionsRequest,
  readResponse: readListTransactionsResponse,
  writeResponse: writeListTransactionsResponse,
  writeResponseInSteps: writeListTransactionsResponseInSteps,
  readResponseInSteps: readListTransactionsResponseInSteps,
};
