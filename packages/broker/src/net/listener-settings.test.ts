import assert from "node:assert/strict";
import { test } from "node:test";
import { advertisedEndpoint, bootstrapAddress, type ListenerProperties, parseListeners } from "./listener-settings.ts";

const parse = (listeners: readonly string[], more: Partial<ListenerProperties> = {}) =>
  parseListeners({ listeners, advertised: [], protocols: [], controllerNames: ["CONTROLLER"], ...more });

test("Kafka's server.properties of one combined node gives the client listener alone", () => {
  assert.deepEqual(parse(["PLAINTEXT://:9092", "CONTROLLER://:9093"], { advertised: ["PLAINTEXT://broker.local:19092"] }), [
    { name: "PLAINTEXT", protocol: "PLAINTEXT", host: "", port: 9092, advertised: { host: "broker.local", port: 19092 } },
  ]);
});

test("a named listener maps to its security protocol, and one that there is not is refused", () => {
  const protocolOf = (listener: string, ...protocols: string[]) => parse([`${listener}://127.0.0.1:0`], { protocols })[0]?.protocol;
  assert.equal(protocolOf("INTERNAL", "INTERNAL:PLAINTEXT"), "PLAINTEXT");
  assert.equal(protocolOf("outer", "INTERNAL:PLAINTEXT", "Outer:sasl_ssl"), "SASL_SSL");
  assert.equal(protocolOf("SSL"), "SSL");
  assert.throws(() => protocolOf("INTERNAL", "INTERNAL:TLS"), {
    code: "UNSUPPORTED_SECURITY_PROTOCOL",
    message: /protocol TLS, which there is not/,
  });
  assert.throws(() => protocolOf("INTERNAL"), { code: "UNSUPPORTED_SECURITY_PROTOCOL", message: /add INTERNAL:PROTOCOL/ });
});

test("what is no listener is refused in one sentence", () => {
  for (const entry of ["9092", "PLAINTEXT:9092", "PLAINTEXT://h:70000", "PLAINTEXT://h:x"])
    assert.throws(() => parse([entry]), { code: "INVALID_LISTENER" }, entry);
  assert.throws(() => parse(["PLAINTEXT://a:1", "PLAINTEXT://b:2"]), { code: "INVALID_LISTENER", message: /twice/ });
});

test("addresses that no client can reach, and ports beyond the last, are refused before anything is bound", () => {
  for (const [advertised, what] of [
    ["PLAINTEXT://0.0.0.0:9092", /cannot use the nonroutable meta-address 0\.0\.0\.0 for PLAINTEXT/],
    ["PLAINTEXT://:9092", /cannot use an empty host for PLAINTEXT/],
    ["PLAINTEXT://[::]:9092", /cannot use the nonroutable meta-address :: for PLAINTEXT/],
    ["OTHER://b:9092", /names OTHER, which is none of "listeners" \(PLAINTEXT\)/],
    ["PLAINTEXT://b:9092,PLAINTEXT://c:9092", /named twice/],
  ] as const)
    assert.throws(() => parse(["PLAINTEXT://:9092"], { advertised: advertised.split(",") }), { code: "INVALID_LISTENER", message: what });
  assert.throws(() => parse(["CONTROLLER://:9093"]), { code: "INVALID_LISTENER", message: /clients/ });
  const brokers = (port: number) => parse([`PLAINTEXT://h:${port}`], { brokers: 3 });
  assert.equal(brokers(65533)[0]?.port, 65533);
  assert.throws(() => brokers(65534), { code: "INVALID_LISTENER", message: /65536/ });
});

test("a listener on every interface needs advertised.listeners, as in Kafka, unless the start says that each client is told what it came to", () => {
  for (const host of ["0.0.0.0", "[::]"]) {
    const listeners = [`PLAINTEXT://${host}:9092`];
    assert.throws(() => parse(listeners), {
      code: "INVALID_LISTENER",
      message: /^"advertised\.listeners" cannot use the nonroutable meta-address/,
    });
    assert.equal(parse(listeners, { mayAdvertiseAccepted: true })[0]?.advertised, undefined);
    assert.deepEqual(parse(listeners, { advertised: ["PLAINTEXT://b:1"] })[0]?.advertised, { host: "b", port: 1 });
  }
});

test("clients are told the port that was bound, and the bound address or the one they came to", () => {
  const told = (listener: string, advertised: readonly string[] = []) => {
    const [settings] = parse([listener], { advertised, mayAdvertiseAccepted: true });
    const endpoint = advertisedEndpoint(settings!, 4711);
    return [endpoint.host, endpoint.port, bootstrapAddress(settings!, endpoint)];
  };
  assert.deepEqual(told("PLAINTEXT://127.0.0.1:0"), ["127.0.0.1", 4711, "127.0.0.1:4711"]);
  assert.deepEqual(told("PLAINTEXT://[::1]:0"), ["::1", 4711, "[::1]:4711"]);
  assert.deepEqual(told("PLAINTEXT://0.0.0.0:0"), [undefined, 4711, "127.0.0.1:4711"]);
  assert.deepEqual(told("PLAINTEXT://:0"), [undefined, 4711, "127.0.0.1:4711"]);
  assert.deepEqual(told("PLAINTEXT://[::]:0"), [undefined, 4711, "[::1]:4711"]);
  assert.deepEqual(told("PLAINTEXT://0.0.0.0:0", ["PLAINTEXT://b:0"]), ["b", 4711, "b:4711"]);
});
