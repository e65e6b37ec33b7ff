import assert from "node:assert/strict";
import { test } from "node:test";
import { advertisedEndpoint, parseListeners } from "./listener-settings.ts";

const parse = (listeners: readonly string[], more: { advertised?: readonly string[]; protocols?: readonly string[] } = {}) =>
  parseListeners({ listeners, advertised: more.advertised ?? [], protocols: more.protocols ?? [], controllerNames: ["CONTROLLER"] });

test("Kafka's server.properties of one combined node gives the client listener alone", () => {
  assert.deepEqual(parse(["PLAINTEXT://:9092", "CONTROLLER://:9093"], { advertised: ["PLAINTEXT://broker.local:19092"] }), [
    { name: "PLAINTEXT", host: "", port: 9092, advertised: { host: "broker.local", port: 19092 } },
  ]);
});

test("a named listener maps to its security protocol, and one that is not served is refused", () => {
  assert.equal(parse(["INTERNAL://127.0.0.1:0"], { protocols: ["INTERNAL:PLAINTEXT"] })[0]?.name, "INTERNAL");
  assert.throws(() => parse(["SSL://127.0.0.1:0"]), { code: "UNSUPPORTED_SECURITY_PROTOCOL", message: /SSL/ });
});

test("what is no listener is refused in one sentence", () => {
  for (const entry of ["9092", "PLAINTEXT:9092", "PLAINTEXT://h:70000", "PLAINTEXT://h:x"])
    assert.throws(() => parse([entry]), { code: "INVALID_LISTENER" }, entry);
  assert.throws(() => parse(["PLAINTEXT://a:1", "PLAINTEXT://b:2"]), { code: "INVALID_LISTENER", message: /twice/ });
});

test("addresses that no client can reach, and ports beyond the last, are refused before anything is bound", () => {
  for (const advertised of ["PLAINTEXT://0.0.0.0:9092", "PLAINTEXT://:9092", "PLAINTEXT://[::]:9092"])
    assert.throws(
      () => parse(["PLAINTEXT://:9092"], { advertised: [advertised] }),
      { code: "INVALID_LISTENER", message: /reach/ },
      advertised,
    );
  assert.throws(() => parse(["CONTROLLER://:9093"]), { code: "INVALID_LISTENER", message: /clients/ });
  const brokers = (port: number) =>
    parseListeners({ listeners: [`PLAINTEXT://h:${port}`], advertised: [], protocols: [], controllerNames: [], brokers: 3 });
  assert.equal(brokers(65533)[0]?.port, 65533);
  assert.throws(() => brokers(65534), { code: "INVALID_LISTENER", message: /65536/ });
});

test("A8: clients are told the port that was bound, and an address they can reach", () => {
  const [every] = parse(["PLAINTEXT://0.0.0.0:0"]);
  assert.deepEqual(advertisedEndpoint(every!, 4711), { host: "127.0.0.1", port: 4711 });
  const [v6] = parse(["PLAINTEXT://[::1]:0"]);
  assert.deepEqual(advertisedEndpoint(v6!, 4711), { host: "::1", port: 4711 });
});
