import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "./error-codes.ts";
import { errorInfo, KafkaError } from "./kafka-error.ts";

describe("a Kafka error", () => {
  it("carries its number, its name as code, and whether a retry may help", () => {
    const error = new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assert.deepEqual([error.errorCode, error.code, error.retriable, error.refreshesMetadata], [6, "NOT_LEADER_OR_FOLLOWER", true, true]);
    assert.match(error.message, /leads? the partition/);
  });

  it("takes a message of its own, and the table's where the broker sent null", () => {
    assert.equal(new KafkaError(ErrorCode.INVALID_CONFIG, "retention.ms must be a number.").message, "retention.ms must be a number.");
    assert.equal(new KafkaError(ErrorCode.INVALID_CONFIG, null).message, errorInfo(ErrorCode.INVALID_CONFIG).message);
  });

  it("tells what ends a transaction from what ends its producer, and both from what may be tried again", () => {
    const flags = (name: keyof typeof ErrorCode) => {
      const { retriable, abortable, fatal } = new KafkaError(ErrorCode[name]);
      return [retriable, abortable, fatal];
    };
    assert.deepEqual(flags("COORDINATOR_LOAD_IN_PROGRESS"), [true, false, false]);
    assert.deepEqual(flags("TRANSACTION_ABORTABLE"), [false, true, false]);
    assert.deepEqual(flags("PRODUCER_FENCED"), [false, false, true]);
    assert.deepEqual(flags("MESSAGE_TOO_LARGE"), [false, false, false]);
    const all = Object.values(ErrorCode).map((code) => new KafkaError(code));
    assert.ok(all.every(({ retriable, abortable, fatal }) => Number(retriable) + Number(abortable) + Number(fatal) <= 1));
  });

  it("keeps an unknown number but counts as UNKNOWN_SERVER_ERROR", () => {
    const error = new KafkaError(4242);
    assert.deepEqual([error.errorCode, error.code, error.retriable], [4242, "UNKNOWN_SERVER_ERROR", false]);
    assert.equal(errorInfo(4242).code, -1);
  });

  it("has a sentence for every code", () => {
    const sentences = Object.values(ErrorCode).map((code) => errorInfo(code).message);
    for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/);
    assert.equal(new Set(sentences).size, sentences.length);
  });
});
