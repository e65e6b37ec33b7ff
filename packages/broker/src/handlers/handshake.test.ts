import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeResponse, ErrorCode, encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { createTopic, untilCreated } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { CLUSTER_DEFAULT } from "../config/effective-config.ts";
import { TestBroker } from "../testing/test-broker.ts";

const named = makeApiVersionsRequest({ clientSoftwareName: "test", clientSoftwareVersion: "1.0" });

function frame(...fields: readonly (readonly [bytes: 1 | 2 | 4, value: number])[]): Buffer {
  const payload = Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeIntBE(value, 0, bytes);
      return field;
    }),
  );
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
}

test("an unknown ApiVersions version is answered in v0 layout with error 35, and the connection stays", async () => {
  await using broker = await TestBroker.start();
  using connection = await RawConnection.open(broker);
  connection.write(frame([2, 18], [2, 99], [4, 7], [4, -1], [1, 0]));
  const answer = (await connection.frame())!;
  assert.equal(answer.readInt32BE(0), 7, "correlation id, then no header tags");
  const refused = decodeResponse(apiVersionsApi, 0, answer);
  assert.equal(refused.errorCode, ErrorCode.UNSUPPORTED_VERSION);
  assert.deepEqual(
    refused.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, minVersion, maxVersion]),
    [[18, 0, 5]],
  );
  connection.write(...encodeRequest(apiVersionsApi, 3, 8, "c", named));
  assert.equal(decodeResponse(apiVersionsApi, 3, (await connection.frame())!).errorCode, ErrorCode.NONE);
});

test("every version of ApiVersions is answered with response header v0", async () => {
  await using broker = await TestBroker.start();
  for (const version of [0, 1, 2, 3, 4, 5]) {
    const answer = await broker.send(apiVersionsApi, version, named);
    assert.equal(answer.errorCode, ErrorCode.NONE, `version ${version}`);
    assert.ok(answer.apiKeys.length > 30, `version ${version}`);
  }
});

test("a client that names another cluster or broker than the one reached is told to bootstrap anew", async () => {
  await using broker = await TestBroker.start();
  const { clusterId } = await broker.send(metadataApi, 12, makeMetadataRequest({ topics: [] }));
  const ask = async (meant: { readonly clusterId?: string | null; readonly nodeId?: number }) =>
    (await broker.send(apiVersionsApi, 5, { ...named, ...meant })).errorCode;
  assert.equal(await ask({ clusterId, nodeId: 1 }), ErrorCode.NONE);
  assert.equal(await ask({ clusterId, nodeId: 2 }), ErrorCode.REBOOTSTRAP_REQUIRED);
  assert.equal(await ask({ clusterId: "another", nodeId: 1 }), ErrorCode.REBOOTSTRAP_REQUIRED);
  assert.equal(await ask({ clusterId }), ErrorCode.INVALID_REQUEST, "a cluster without a broker");
  assert.equal(await ask({ nodeId: 1 }), ErrorCode.INVALID_REQUEST, "a broker without a cluster");
});

test("Produce and JoinGroup are advertised from 0, and Produce 0 is not served all the same", async () => {
  await using broker = await TestBroker.start();
  const { apiKeys } = await broker.send(apiVersionsApi, 4, named);
  const range = (key: number) =>
    apiKeys.filter(({ apiKey }) => apiKey === key).map(({ minVersion, maxVersion }) => [minVersion, maxVersion]);
  assert.deepEqual(range(0), [[0, 13]]);
  assert.deepEqual(range(11), [[0, 9]]);
  using connection = await RawConnection.open(broker);
  connection.write(frame([2, 0], [2, 0], [4, 1], [2, -1]));
  assert.equal(await connection.frame(), undefined);
});

test("from v3 a client's software name must look like one", async () => {
  await using broker = await TestBroker.start();
  for (const name of ["", "bad name", "-x", "x-"]) {
    const answer = await broker.send(apiVersionsApi, 3, makeApiVersionsRequest({ clientSoftwareName: name, clientSoftwareVersion: "1" }));
    assert.equal(answer.errorCode, ErrorCode.INVALID_REQUEST, `"${name}"`);
  }
  assert.equal((await broker.send(apiVersionsApi, 2, makeApiVersionsRequest())).errorCode, ErrorCode.NONE);
});

test("no feature is listed before it is there", async () => {
  await using broker = await TestBroker.start();
  const { supportedFeatures } = await broker.send(apiVersionsApi, 4, named);
  assert.deepEqual(
    supportedFeatures.filter(({ name }) => ["share.version", "eligible.leader.replicas.version"].includes(name)),
    [],
  );
});

test("an unknown key, version, or a frame that is none closes that connection alone", async () => {
  await using broker = await TestBroker.start({ settings: { "socket.request.max.bytes": "100000" } });
  const broken: readonly (readonly [string, Buffer])[] = [
    ["unknown key", frame([2, 999], [2, 0], [4, 1], [2, -1])],
    ["negative key", frame([2, -1], [2, 0], [4, 1], [2, -1])],
    ["unknown version", frame([2, 3], [2, 99], [4, 1], [2, -1])],
    ["too short", frame([2, 3])],
    ["empty", Buffer.from([0, 0, 0, 0])],
    ["negative size", Buffer.from([255, 255, 255, 255])],
    ["too large", Buffer.from([0x7f, 255, 255, 255])],
    ["malformed body", frame([2, 3], [2, 1], [4, 1], [2, -1], [4, 1_000_000])],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["random bytes", Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 251))],
  ];
  for (const [what, bytes] of broken) {
    using connection = await RawConnection.open(broker);
    connection.write(bytes);
    assert.equal(await connection.frame(), undefined, what);
  }
  assert.equal((await broker.send(apiVersionsApi, 3, named)).errorCode, ErrorCode.NONE, "the broker is still there");
});

test("pipelined requests are answered in order, byte by byte or all at once", async () => {
  await using broker = await TestBroker.start();
  using connection = await RawConnection.open(broker);
  const requests = Array.from({ length: 100 }, (_, id) => Buffer.concat(encodeRequest(apiVersionsApi, id % 5, id, "c", named)));
  connection.write(Buffer.concat(requests.slice(0, 98)));
  for (const byte of Buffer.concat(requests.slice(98))) connection.write(Buffer.from([byte]));
  for (let id = 0; id < 100; id++) assert.equal((await connection.frame())!.readInt32BE(0), id);
});

test("unknown tagged fields in header and body are skipped", async () => {
  await using broker = await TestBroker.start();
  using connection = await RawConnection.open(broker);
  // Header v2 with one tag, then ApiVersions v3 with one tag.
  const payload = Buffer.from([0, 18, 0, 3, 0, 0, 0, 5, 255, 255, 1, 9, 2, 1, 2, 2, 0x61, 2, 0x31, 1, 200, 1, 1, 7]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  connection.write(size, payload);
  const answer = (await connection.frame())!;
  assert.equal(decodeResponse(apiVersionsApi, 3, answer).errorCode, ErrorCode.NONE);
});

test("Metadata names the endpoint of every virtual broker with its real port", async () => {
  await using broker = await TestBroker.start({ brokers: 3 });
  const { brokers, controllerId, clusterId } = await broker.send(metadataApi, 12, makeMetadataRequest({ topics: [] }));
  assert.deepEqual(
    brokers.map(({ nodeId, host, port }) => `${nodeId}@${host}:${port}`).join(),
    broker.running.bootstrap
      .split(",")
      .map((address, i) => `${i + 1}@${address}`)
      .join(),
  );
  assert.equal(controllerId, 1);
  assert.match(clusterId ?? "", /^[\w-]{22}$/);
});

test("null names mean all topics, an empty list none, and in v0 an empty list all", async () => {
  await using broker = await TestBroker.start();
  await broker.send(
    metadataApi,
    4,
    makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: "a" })], allowAutoTopicCreation: true }),
  );
  const names = async (version: number, topics: null | []) =>
    (await broker.send(metadataApi, version, makeMetadataRequest({ topics }))).topics.map(({ name }) => name);
  assert.deepEqual(await names(1, null), ["a"]);
  assert.deepEqual(await names(12, null), ["a"]);
  assert.deepEqual(await names(1, []), []);
  assert.deepEqual(await names(0, []), ["a"]);
});

test("a topic is found by its id, and an unknown id is told apart from an unknown name", async () => {
  await using broker = await TestBroker.start();
  const topicId = await createTopic(broker, "a");
  const byId = (id: string, name: string | null = null) =>
    broker.send(metadataApi, 12, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name, topicId: id })] }));
  assert.deepEqual(
    (await byId(topicId)).topics.map(({ name, errorCode }) => [name, errorCode]),
    [["a", 0]],
  );
  // As Java's AdminClient asks.
  assert.deepEqual(
    (await byId(topicId, "")).topics.map(({ name, errorCode }) => [name, errorCode]),
    [["a", 0]],
  );
  const unknown = await byId("AAAAAAAAAAAAAAAAAAAAAQ");
  assert.deepEqual(
    unknown.topics.map(({ name, errorCode }) => [name, errorCode]),
    [[null, ErrorCode.UNKNOWN_TOPIC_ID]],
  );
});

test("auto-creation takes num.partitions, checks the name, and can be declined by client and broker", async () => {
  await using broker = await TestBroker.start({ settings: { "num.partitions": "4" } });
  const ask = async (name: string, allowAutoTopicCreation: boolean) => {
    const { topics } = await broker.send(
      metadataApi,
      12,
      makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name })], allowAutoTopicCreation }),
    );
    return [topics[0]!.errorCode, topics[0]!.partitions.length];
  };
  assert.deepEqual(await ask("no", false), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0]);
  assert.deepEqual(await ask("yes", true), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0], "the creation begins, and the answer does not wait");
  await untilCreated(broker, "yes");
  assert.deepEqual(await ask("yes", true), [ErrorCode.NONE, 4]);
  assert.deepEqual(await ask("bad name", true), [ErrorCode.INVALID_TOPIC_EXCEPTION, 0]);
  assert.deepEqual(await ask("x".repeat(250), true), [ErrorCode.INVALID_TOPIC_EXCEPTION, 0]);
  await using strict = await TestBroker.start({ settings: { "auto.create.topics.enable": "false" } });
  const { topics } = await strict.send(metadataApi, 1, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: "a" })] }));
  assert.equal(topics[0]!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test("a client that does not take its answers is not read any further", async () => {
  await using broker = await TestBroker.start();
  const named200 = Array.from({ length: 200 }, (_, i) => makeMetadataRequestTopic({ name: `topic-${"x".repeat(200)}-${i}` }));
  await broker.send(metadataApi, 4, makeMetadataRequest({ topics: named200, allowAutoTopicCreation: true }));
  using connection = await RawConnection.open(broker);
  connection.pause();
  const request = Buffer.concat(encodeRequest(metadataApi, 12, 1, "c", makeMetadataRequest({ topics: null })));
  // Twenty-five megabytes of answers.
  const count = 500;
  const beforeBytes = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count; i++) connection.write(request);
  // Another client is served all the while.
  assert.equal((await broker.send(apiVersionsApi, 3, named)).errorCode, ErrorCode.NONE);
  const heldBytes = process.memoryUsage().arrayBuffers - beforeBytes;
  assert.ok(heldBytes < 8 * 1024 * 1024, `${heldBytes} bytes of buffers for one slow client`);
  connection.resume();
  for (let i = 0; i < count; i++) assert.ok(await connection.frame(), `answer ${i}`);
});

test("connections beyond max.connections are refused, and room is made when one leaves", async () => {
  await using broker = await TestBroker.start({ settings: { "max.connections": "2" } });
  using first = await RawConnection.open(broker);
  first.write(...encodeRequest(apiVersionsApi, 3, 1, "c", named));
  assert.ok(await first.frame());
  const second = await RawConnection.open(broker);
  second.write(...encodeRequest(apiVersionsApi, 3, 1, "c", named));
  assert.ok(await second.frame());
  using third = await RawConnection.open(broker);
  assert.equal(await third.frame(), undefined);
  second.close();
  for (;;) {
    using again = await RawConnection.open(broker);
    again.write(...encodeRequest(apiVersionsApi, 3, 1, "c", named));
    if (await again.frame()) break;
  }
});

test("max.connections of one listener, and overrides of addresses, count from the next connection on; a list that is none ends the start", async () => {
  await using broker = await TestBroker.start({ settings: { "listener.name.plaintext.max.connections": "1" } });
  const isServed = async (): Promise<boolean> => {
    using connection = await RawConnection.open(broker);
    connection.write(...encodeRequest(apiVersionsApi, 3, 1, "c", named));
    return (await connection.frame()) !== undefined;
  };
  {
    using first = await RawConnection.open(broker);
    first.write(...encodeRequest(apiVersionsApi, 3, 1, "c", named));
    assert.ok(await first.frame());
    assert.equal(await isServed(), false);
  }
  while (!(await isServed()));
  const configs = { "max.connections.per.ip.overrides": "127.0.0.1:0" };
  await broker.running.state.controller.change(() => [{ kind: "configs", resource: "broker", name: CLUSTER_DEFAULT, configs }]);
  assert.equal(await isServed(), false);
  await assert.rejects(TestBroker.start({ settings: { "max.connections.per.ip.overrides": "localhost" } }), { code: "INVALID_CONFIG" });
});

test("stopping answers who waits and closes every connection", async () => {
  const broker = await TestBroker.start();
  using connection = await RawConnection.open(broker);
  connection.write(...encodeRequest(heartbeatApi, 4, 1, "c", makeHeartbeatRequest({ groupId: "g", memberId: "m", generationId: 1 })));
  assert.ok(await connection.frame());
  await broker.stop();
  assert.equal(await connection.frame(), undefined);
});
