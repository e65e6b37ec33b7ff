import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { createClient } from "../client.ts";
import { readClientOptions, readConsumerOptions, readProducerOptions, readShareConsumerOptions } from "./property-options.ts";

const warnings: string[] = [];
const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
const fails = (code: ClientErrorCode, text: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === code && text.test(error.message);

describe("options by Kafka's names", () => {
  test("stand among ours, in the types that a program has", () => {
    const { optionNames, ...read } = readProducerOptions(
      { "linger.ms": 5, acks: "all", "enable.idempotence": true, maxBlockMs: 7, "compression.type": "LZ4" },
      logger,
    );
    assert.deepEqual(read, { lingerMs: 5, acks: "all", idempotent: true, maxBlockMs: 7, compression: "lz4" });
    assert.equal(optionNames?.["lingerMs"], "linger.ms");
    const consumer = readConsumerOptions(
      { "group.id": "g", "partition.assignment.strategy": ["range", "sticky"], "auto.offset.reset": "earliest" },
      logger,
    );
    assert.deepEqual([consumer.groupId, consumer.assignors?.length, consumer.autoOffsetReset], ["g", 2, "earliest"]);
    assert.deepEqual(readClientOptions({ "bootstrap.servers": ["a:1", "b:2"] }, logger).bootstrapServers, ["a:1", "b:2"]);
  });

  test("a share consumer has its own, in Java's words", () => {
    const { optionNames, ...read } = readShareConsumerOptions(
      {
        "group.id": "g",
        "share.acknowledgement.mode": "EXPLICIT",
        "share.acquire.mode": "batch_optimized",
        "max.poll.records": 7,
        topics: "t",
      },
      logger,
    );
    assert.deepEqual(read, {
      groupId: "g",
      acknowledgementMode: "explicit",
      acquireMode: "batchOptimized",
      maxPollRecords: 7,
      topics: "t",
    });
    assert.equal(optionNames?.["maxPollRecords"], "max.poll.records");
    const wrong = (options: object) => () => readShareConsumerOptions({ groupId: "g", ...options }, logger);
    assert.throws(wrong({ "share.acquire.mode": "all" }), fails("INVALID_OPTION", /batch_optimized or record_limit/));
    assert.throws(wrong({ "auto.offset.reset": "earliest" }), fails("INVALID_OPTION", /an option of consumer\(\)/));
    assert.throws(
      wrong({ "share.aknowledgement.mode": "explicit" }),
      fails("INVALID_OPTION", /did you mean "share\.acknowledgement\.mode"/),
    );
  });

  test("ours alone are passed on as they are", () => {
    const options = { bootstrapServers: "a:1" };
    assert.equal(readClientOptions(options, logger), options);
  });

  test("that are misspelt, at the wrong call, given twice or of an impossible type are refused", () => {
    const producer = (options: object) => () => readProducerOptions(options, logger);
    assert.throws(producer({ "linger.mss": 5 }), fails("INVALID_OPTION", /"linger\.mss".*did you mean "linger\.ms"\?/));
    assert.throws(producer({ "group.id": "g" }), fails("INVALID_OPTION", /an option of consumer\(\)/));
    assert.throws(producer({ "linger.ms": 5, lingerMs: 5 }), fails("INVALID_OPTION", /one option/));
    assert.throws(producer({ "linger.ms": {} }), fails("INVALID_OPTION", /must be a text/));
    assert.throws(producer({ "linger.ms": "soon" }), fails("INVALID_OPTION", /linger\.ms/));
    assert.throws(
      producer({ "sasl.mechanism": "PLAIN" }),
      fails("INVALID_OPTION", /"sasl\.mechanism", which is an option of createClient/),
    );
    assert.throws(
      () => createClient({ "bootstrap.servers": "a:1", clientID: "x" } as never),
      fails("INVALID_OPTION", /did you mean "clientId"/),
    );
    assert.throws(() => createClient({ "bootstrap.server": "a:1" } as never), fails("INVALID_OPTION", /did you mean "bootstrap\.servers"/));
  });

  test("errors of values use the name that was used", () => {
    const client = createClient({ "bootstrap.servers": "a:1" });
    assert.throws(() => client.producer({ "linger.ms": -1 }), fails("INVALID_OPTION", /^linger\.ms is -1/));
    void client.close();
  });

  test("that Kafka's clients have and this one does not need are said to have no effect", () => {
    warnings.length = 0;
    readProducerOptions({ "metrics.num.samples": 3, "linger.ms": 1 } as object, logger);
    assert.deepEqual(warnings, ['"metrics.num.samples" has no effect on this client.']);
  });
});
