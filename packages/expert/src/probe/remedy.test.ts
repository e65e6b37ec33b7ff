import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, remedyFor, rungOfClientFailure } from "./remedy.ts";

const context = { rung: "tls", host: "kafka-1", port: 9093, isAdvertised: false } as const;
const remedy = (message: string, code?: string) => remedyFor({ code, message }, context);

test("what TLS says is told apart", () => {
  assert.match(remedy("Hostname/IP does not match certificate's altnames: Host: kafka-1."), /for other names/);
  assert.match(remedy("certificate has expired"), /issued anew/);
  assert.match(remedy("certificate is not yet valid"), /clocks/);
  assert.match(remedy("self-signed certificate in certificate chain"), /not trusted here/);
  assert.match(remedy("unable to get local issuer certificate"), /not trusted here/);
  assert.match(remedy("tlsv13 alert certificate required"), /certificate of the client/);
  assert.match(remedy("kafka-1:9092 speaks plaintext"), /does not speak TLS/);
  assert.match(remedy("something else"), /message says/);
});

test("who takes a connection and says nothing objected to nothing", () => {
  const slow = (rung: "tls" | "kafka" | "produce", code: string) =>
    remedyFor({ code, message: "Metadata was not done within 5000 ms." }, { ...context, rung });
  assert.match(slow("kafka", "CALL_TIMEOUT"), /^Port 9093 takes connections and says nothing: a TLS listener/);
  assert.match(slow("tls", "TLS_TIMEOUT"), /does not answer the TLS handshake/);
  assert.match(slow("produce", "DELIVERY_TIMEOUT"), /leader is up/);
});

test("an advertised address is told as such", () => {
  assert.match(remedyFor({ code: "ENOTFOUND", message: "" }, { ...context, isAdvertised: true }), /compose.*advertised\.listeners/);
});

test("a client's failure belongs to a rung", () => {
  const rungs = ["TLS_FAILED", "TLS_PEER_GONE", "AUTHENTICATION_FAILED", "TOKEN_UNAVAILABLE", "BAD_RESPONSE", undefined].map((code) =>
    rungOfClientFailure({ code, message: "" }),
  );
  assert.deepEqual(rungs, ["tls", "tls", "sasl", "sasl", "kafka", "kafka"]);
});

test("loopback by name and address", () => {
  assert.deepEqual(["localhost", "127.0.0.5", "::1", "kafka-1", "10.0.0.1"].map(isLoopback), [true, true, true, false, false]);
});
