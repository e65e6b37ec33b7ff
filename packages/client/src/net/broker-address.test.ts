import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBrokerAddress, parseBrokerAddress } from "./broker-address.ts";

test("bootstrap servers are host:port, with IPv6 in brackets", () => {
  assert.deepEqual(parseBrokerAddress(" kafka-1.example:9092 "), { host: "kafka-1.example", port: 9092 });
  assert.deepEqual(parseBrokerAddress("[2001:db8::1]:65535"), { host: "2001:db8::1", port: 65535 });
  assert.equal(formatBrokerAddress({ host: "::1", port: 9092 }), "[::1]:9092");
  for (const text of ["", "host", "host:", ":9092", "host:0", "host:65536", "::1:9092", "host:90x", "http://host:9092"]) {
    assert.throws(() => parseBrokerAddress(text), /is no host:port/);
  }
});
