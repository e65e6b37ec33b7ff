import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import {
  clientOptionsFromProperties,
  consumerOptionsFromProperties,
  parseAutoOffsetReset,
  producerOptionsFromProperties,
} from "./from-properties.ts";

const failsWith = (code: ClientErrorCode, pattern: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === code && pattern.test(error.message);

describe("options from Kafka's property names", () => {
  test("client, producer and consumer settings become options; other names are passed over", () => {
    const properties = new Map([
      ["bootstrap.servers", "a:1,b:2"],
      ["request.timeout.ms", "1234"],
      ["acks", "1"],
      ["compression.type", "LZ4"],
      ["enable.idempotence", "false"],
      ["group.id", "g"],
      ["group.protocol", "CONSUMER"],
      ["group.remote.assignor", "range"],
      ["isolation.level", "read_committed"],
      ["key.serializer", "org.apache.kafka.common.serialization.StringSerializer"],
    ]);
    assert.deepEqual(clientOptionsFromProperties(properties), {
      bootstrapServers: ["a:1", "b:2"],
      requestTimeoutMs: 1234,
      optionNames: { bootstrapServers: "bootstrap.servers", requestTimeoutMs: "request.timeout.ms" },
    });
    assert.deepEqual(producerOptionsFromProperties(properties), {
      acks: 1,
      compression: "lz4",
      idempotent: false,
      optionNames: { acks: "acks", compression: "compression.type", idempotent: "enable.idempotence" },
    });
    assert.deepEqual(consumerOptionsFromProperties(properties), {
      groupId: "g",
      groupProtocol: "consumer",
      remoteAssignor: "range",
      isolationLevel: "read_committed",
      optionNames: {
        groupId: "group.id",
        groupProtocol: "group.protocol",
        remoteAssignor: "group.remote.assignor",
        isolationLevel: "isolation.level",
      },
    });
    assert.deepEqual(producerOptionsFromProperties({ acks: "all" }), { acks: "all", optionNames: { acks: "acks" } });
    assert.deepEqual(producerOptionsFromProperties({ "transactional.id": "t", "transaction.timeout.ms": "5000" }), {
      transactionalId: "t",
      transactionTimeoutMs: 5000,
      optionNames: { transactionalId: "transactional.id", transactionTimeoutMs: "transaction.timeout.ms" },
    });
  });

  test("security that would not be used is refused, never ignored; plaintext is taken", () => {
    for (const [name, value] of [
      ["sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required;"],
      ["ssl.truststore.location", "/x"],
    ] as const) {
      assert.throws(() => clientOptionsFromProperties({ [name]: value }), failsWith("INVALID_OPTION", new RegExp(name)));
    }
    assert.deepEqual(clientOptionsFromProperties({ "security.protocol": "PLAINTEXT" }), {});
  });

  test("an impossible value is named", () => {
    assert.throws(() => clientOptionsFromProperties({ "request.timeout.ms": "soon" }), failsWith("INVALID_OPTION", /request\.timeout\.ms/));
    assert.throws(() => producerOptionsFromProperties({ acks: "some" }), failsWith("INVALID_OPTION", /acks/));
    assert.throws(() => consumerOptionsFromProperties({ "partition.assignment.strategy": "Own" }), failsWith("INVALID_OPTION", /Own/));
  });

  test("auto.offset.reset takes durations", () => {
    assert.equal(parseAutoOffsetReset("Earliest"), "earliest");
    assert.deepEqual(parseAutoOffsetReset("by_duration:P1DT2H3M4.5S"), { durationMs: 93_784_500 });
    for (const text of ["", "by_duration:", "by_duration:P", "by_duration:PT", "sometime"])
      assert.throws(() => parseAutoOffsetReset(text), failsWith("INVALID_OPTION", /duration/));
  });

  test("assignors go by Java's class names", () => {
    const { assignors } = consumerOptionsFromProperties({
      "partition.assignment.strategy": "org.apache.kafka.clients.consumer.CooperativeStickyAssignor,range",
    });
    assert.deepEqual(
      assignors!.map(({ name }) => name),
      ["cooperative-sticky", "range"],
    );
  });
});
