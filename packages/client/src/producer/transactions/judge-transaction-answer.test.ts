import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { type CoordinatorVerdict, judgeTransactionAnswer, worstOf } from "./judge-transaction-answer.ts";
import type { TransactionRequestKind } from "./transaction-request.ts";

const kinds = ["InitProducerId", "AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn"] as const;

/** By request in the order of {@link kinds}, as the handlers of Java's TransactionManager have it (4.4). */
const verdicts: Readonly<Partial<Record<keyof typeof ErrorCode, readonly CoordinatorVerdict[]>>> = {
  NONE: ["done", "done", "done", "done", "done"],
  NOT_COORDINATOR: ["lookUp", "lookUp", "lookUp", "lookUp", "lookUp"],
  REQUEST_TIMED_OUT: ["again", "again", "again", "lookUp", "again"],
  CONCURRENT_TRANSACTIONS: ["again", "again", "again", "again", "again"],
  COORDINATOR_LOAD_IN_PROGRESS: ["again", "again", "again", "again", "again"],
  PRODUCER_FENCED: ["fenced", "fenced", "fenced", "fenced", "fenced"],
  TRANSACTION_ABORTABLE: ["abortable", "abortable", "abortable", "abortable", "abortable"],
  UNKNOWN_PRODUCER_ID: ["fatal", "abortableByBump", "abortableByBump", "fatal", "abortableByBump"],
  INVALID_PRODUCER_ID_MAPPING: ["fatal", "fatal", "fatal", "fatal", "fatal"],
  INVALID_TXN_STATE: ["fatal", "fatal", "fatal", "fatal", "fatal"],
  TOPIC_AUTHORIZATION_FAILED: ["fatal", "abortable", "fatal", "abortable", "fatal"],
  GROUP_AUTHORIZATION_FAILED: ["fatal", "abortable", "abortable", "abortable", "fatal"],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ["refused", "fatal", "fatal", "fatal", "fatal"],
  ILLEGAL_GENERATION: ["fatal", "abortable", "fatal", "abortable", "fatal"],
};

test("each error code means for each request what it means to Java's producer", () => {
  const judged = Object.keys(verdicts).map((name) => [
    name,
    kinds.map((kind: TransactionRequestKind) => judgeTransactionAnswer(kind, ErrorCode[name as keyof typeof ErrorCode])),
  ]);
  assert.deepEqual(Object.fromEntries(judged), verdicts);
});

test("an answer is as bad as the worst of its codes, and what was not attempted only follows", () => {
  const { NONE, OPERATION_NOT_ATTEMPTED, TOPIC_AUTHORIZATION_FAILED, NOT_COORDINATOR, PRODUCER_FENCED } = ErrorCode;
  const worst = (...codes: readonly number[]) => worstOf("AddPartitionsToTxn", codes).errorCode;
  assert.equal(worst(NONE, OPERATION_NOT_ATTEMPTED, TOPIC_AUTHORIZATION_FAILED), TOPIC_AUTHORIZATION_FAILED);
  assert.equal(worst(OPERATION_NOT_ATTEMPTED, NONE), OPERATION_NOT_ATTEMPTED);
  assert.equal(worst(NOT_COORDINATOR, PRODUCER_FENCED, TOPIC_AUTHORIZATION_FAILED), PRODUCER_FENCED);
});
