import assert from "node:assert/strict";
import { test } from "node:test";
import { propertyOfOption, propertyUse } from "./property-use.ts";

test("a property is an option of a kind of client, one that Kafka's clients alone read, or unknown with the name that was meant", () => {
  assert.deepEqual(propertyUse("linger.ms"), { kind: "producer", option: "lingerMs" });
  assert.deepEqual(propertyUse("request.timeout.ms"), { kind: "client", option: "requestTimeoutMs" });
  for (const name of ["key.serializer", "send.buffer.bytes", "security.protocol", "ssl.truststore.location"])
    assert.deepEqual(propertyUse(name), { kind: "no effect" }, name);
  assert.deepEqual(propertyUse("linger.sm"), { kind: "unknown", near: "linger.ms" });
  assert.deepEqual(propertyUse("my.own"), { kind: "unknown", near: undefined });
  assert.deepEqual(
    [propertyOfOption("batchSizeBytes"), propertyOfOption("bootstrapServers"), propertyOfOption("none")],
    ["batch.size", "bootstrap.servers", undefined],
  );
});
