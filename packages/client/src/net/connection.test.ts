import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "@ottla/base";
import { encodeResponse, ErrorCode, KafkaError } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersion, makeApiVersionsResponse } from "@ottla/protocol/apis/api-versions";
import { heartbeatApi, makeHeartbeatRequest, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { HANG_UP, HOST, RawAnswer, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "../testing/simulated-world.ts";
import { Cluster } from "../cluster/cluster.ts";
import { resolveClientOptions } from "../options/resolve-client-options.ts";
import { type Authenticator, noAuthentication } from "./authenticator.ts";
import { Connection, IN_FLIGHT_MAX } from "./connection.ts";

const options = {
  clientId: "test",
  requestTimeoutMs: 1000,
  connectTimeoutMs: 500,
  connectionsMaxIdleMs: 60_000,
  responseBytesMax: 1_000_000,
  authenticator: noAuthentication,
  tls: undefined,
};

async function start(): Promise<{ readonly world: SimulatedWorld; readonly broker: ScriptedBroker; open(): Promise<Connection> }> {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.on(heartbeatApi, () => makeHeartbeatResponse());
  return { world, broker, open: () => world.settle(Connection.open({ host: HOST, port: broker.port }, world, options)) };
}

const beat = (connection: Connection, groupId = "g") =>
  connection.call(
    heartbeatApi,
    connection.versions.choose(heartbeatApi),
    makeHeartbeatRequest({ groupId, memberId: "m", generationId: 1 }),
  );

const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;

describe("a connection", () => {
  test("pipelines requests and gives each its own answer", async () => {
    const { world, broker, open } = await start();
    broker.on(heartbeatApi, (request) => makeHeartbeatResponse({ errorCode: Number(request.groupId) }));
    const connection = await open();
    const answers = Promise.all(["1", "2", "3"].map((groupId) => beat(connection, groupId)));
    assert.equal(connection.inFlight, 3);
    assert.deepEqual(
      (await world.settle(answers)).map((answer) => answer.errorCode),
      [1, 2, 3],
    );
  });

  test("reads answers that come one byte at a time", async () => {
    const { world, open } = await start();
    world.net.chunkBytesMax = 1;
    const connection = await open();
    assert.equal((await world.settle(beat(connection))).errorCode, 0);
  });

  test("a reset in the middle of a frame fails what was asked and closes", async () => {
    const { world, broker, open } = await start();
    const connection = await open();
    broker.on(heartbeatApi, () => new RawAnswer(() => [Buffer.from([0, 0, 0, 40, 0, 0])]));
    const answer = beat(connection);
    answer.catch(() => {});
    await world.until("the half frame was sent", () => broker.requestsOf(heartbeatApi).length === 1);
    world.net.resetAll();
    await assert.rejects(world.settle(answer), failsWith("CONNECTION_LOST"));
    assert.equal(connection.isOpen, false);
    await assert.rejects(world.settle(beat(connection)), failsWith("CONNECTION_LOST"));
  });

  for (const [what, bytes] of [
    ["an answer nobody asked for", (correlationId: number) => encodeResponse(heartbeatApi, 4, correlationId + 1, makeHeartbeatResponse())],
    ["bytes of a web server", () => [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]],
    [
      "a body that cannot be read",
      (correlationId: number) => [
        Buffer.from([0, 0, 0, 5, correlationId >>> 24, correlationId >>> 16, correlationId >>> 8, correlationId, 0xff]),
      ],
    ],
    [
      "a body with bytes left over",
      (correlationId: number) => {
        const frame = Buffer.concat([...encodeResponse(heartbeatApi, 4, correlationId, makeHeartbeatResponse()), Buffer.from([0])]);
        frame.writeInt32BE(frame.length - 4, 0);
        return [frame];
      },
    ],
  ] as const) {
    test(`${what} end the connection with BAD_RESPONSE`, async () => {
      const { world, broker, open } = await start();
      const connection = await open();
      broker.on(heartbeatApi, () => new RawAnswer(bytes));
      await assert.rejects(world.settle(Promise.all([beat(connection), beat(connection)])), failsWith("BAD_RESPONSE"));
      assert.equal(connection.isOpen, false);
    });
  }

  test("a request without an answer in time breaks the connection for all", async () => {
    const { world, broker, open } = await start();
    const connection = await open();
    broker.on(heartbeatApi, () => SILENCE);
    const before = world.clock.monotonicMs();
    const both = Promise.allSettled([beat(connection), beat(connection)]);
    const codes = (await world.settle(both)).map((each) => (each.status === "rejected" ? each.reason.code : undefined));
    assert.deepEqual(codes, ["REQUEST_TIMEOUT", "REQUEST_TIMEOUT"]);
    assert.equal(world.clock.monotonicMs() - before, options.requestTimeoutMs);
  });

  test("a throttled client holds its requests back for as long as it was told (KIP-219)", async () => {
    const { world, broker, open } = await start();
    const connection = await open();
    broker.on(heartbeatApi, () => makeHeartbeatResponse({ throttleTimeMs: 700 }));
    await world.settle(beat(connection));
    const before = world.clock.monotonicMs();
    const next = beat(connection);
    assert.equal(broker.requestsOf(heartbeatApi).length, 1);
    await world.settle(next);
    assert.equal(world.clock.monotonicMs() - before, 700);
  });

  test("a shorter time in a later answer does not end a longer one", async () => {
    const { world, broker, open } = await start();
    const connection = await open();
    const timesMs = [700, 10, 0];
    broker.on(heartbeatApi, () => makeHeartbeatResponse({ throttleTimeMs: timesMs.shift() ?? 0 }));
    await world.settle(Promise.all([beat(connection), beat(connection), beat(connection)]));
    const before = world.clock.monotonicMs();
    await world.settle(beat(connection));
    assert.equal(world.clock.monotonicMs() - before, 700);
  });

  test("requests that wait for a throttle to end go out although the timer came a part of a ms early, as Node's do", async () => {
    const { world, broker } = await start();
    const { clock } = world;
    const early: Clock = {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      nextTurn: (run) => clock.nextTurn(run),
      schedule: (delayMs, run) => clock.schedule(Math.max(0, delayMs - 0.4), run),
    };
    const connection = await world.settle(Connection.open({ host: HOST, port: broker.port }, { ...world, clock: early }, options));
    broker.on(heartbeatApi, () => makeHeartbeatResponse({ throttleTimeMs: 700 }));
    await world.settle(beat(connection));
    const before = clock.monotonicMs();
    await world.settle(beat(connection));
    const tookMs = clock.monotonicMs() - before;
    assert.ok(tookMs >= 700 && tookMs < 702, `${tookMs}`);
    connection.close();
  });

  test("is closed when it was idle for long enough", async () => {
    const { world, open } = await start();
    const connection = await open();
    await world.clock.advanceAsync(options.connectionsMaxIdleMs - 1);
    assert.equal(connection.isOpen, true);
    await world.clock.advanceAsync(2);
    assert.equal(connection.isOpen, false);
  });

  test(`refuses request ${IN_FLIGHT_MAX + 1} on the way and keeps the others`, async () => {
    const { world, broker, open } = await start();
    const connection = await open();
    let release = () => {};
    broker.on(heartbeatApi, () => new Promise((resolve) => (release = () => resolve(makeHeartbeatResponse()))));
    const answers = Array.from({ length: IN_FLIGHT_MAX }, () => beat(connection));
    await assert.rejects(world.settle(beat(connection)), /without an answer/);
    broker.on(heartbeatApi, () => makeHeartbeatResponse());
    await world.until("the first request arrived", () => broker.requestsOf(heartbeatApi).length === 1);
    release();
    assert.equal((await world.settle(Promise.all(answers))).length, IN_FLIGHT_MAX);
  });
});

describe("the handshake", () => {
  const v0 = (correlationId: number, errorCode: number, keys: readonly (readonly [number, number, number])[]) =>
    encodeResponse(
      apiVersionsApi,
      0,
      correlationId,
      makeApiVersionsResponse({
        errorCode,
        apiKeys: keys.map(([apiKey, minVersion, maxVersion]) => makeApiVersion({ apiKey, minVersion, maxVersion })),
      }),
    );

  test("error 35 in version 0 is followed by one more question, in a version the broker named", async () => {
    const { world, broker } = await start();
    broker.on(apiVersionsApi, (_, version) =>
      version > 2 ? new RawAnswer((id) => v0(id, ErrorCode.UNSUPPORTED_VERSION, [[18, 0, 2]])) : broker.versions(),
    );
    const connection = await world.settle(Connection.open({ host: HOST, port: broker.port }, world, options));
    assert.deepEqual(
      broker.seen.map((each) => each.version),
      [5, 2],
    );
    assert.equal(connection.versions.choose(heartbeatApi), heartbeatApi.maxVersion);
  });

  test("error 35 without any entry falls back to version 0", async () => {
    const { world, broker } = await start();
    broker.on(apiVersionsApi, (_, version) =>
      version > 0 ? new RawAnswer((id) => v0(id, ErrorCode.UNSUPPORTED_VERSION, [])) : broker.versions(),
    );
    await world.settle(Connection.open({ host: HOST, port: broker.port }, world, options));
    assert.deepEqual(
      broker.seen.map((each) => each.version),
      [5, 0],
    );
  });

  test("peers' defect, a hot loop of questions: error 0 in version 0 form is understood, not asked again", async () => {
    const { world, broker } = await start();
    broker.on(
      apiVersionsApi,
      () =>
        new RawAnswer((id) =>
          v0(id, ErrorCode.NONE, [
            [18, 0, 4],
            [12, 0, 3],
          ]),
        ),
    );
    const connection = await world.settle(Connection.open({ host: HOST, port: broker.port }, world, options));
    assert.equal(connection.versions.choose(heartbeatApi), 3);
    assert.equal(broker.seen.length, 1);
  });

  test("a broker that always refuses is asked twice, then the connection fails", async () => {
    const { world, broker } = await start();
    broker.on(apiVersionsApi, () => new RawAnswer((id) => v0(id, ErrorCode.UNSUPPORTED_VERSION, [[18, 0, 4]])));
    await assert.rejects(world.settle(Connection.open({ host: HOST, port: broker.port }, world, options)));
    assert.equal(broker.seen.length, 2);
  });

  test("garbage is BAD_RESPONSE, a hang-up CONNECTION_LOST, silence REQUEST_TIMEOUT, nobody there NO_BROKER_REACHABLE", async () => {
    const { world, broker } = await start();
    const open = (port: number) => world.settle(Connection.open({ host: HOST, port }, world, options));
    broker.on(apiVersionsApi, () => new RawAnswer((id) => [Buffer.from([0, 0, 0, 6, id >>> 24, id >>> 16, id >>> 8, id, 7, 7])]));
    await assert.rejects(open(broker.port), failsWith("BAD_RESPONSE"));
    broker.on(apiVersionsApi, () => HANG_UP);
    await assert.rejects(open(broker.port), failsWith("CONNECTION_LOST"));
    broker.on(apiVersionsApi, () => SILENCE);
    await assert.rejects(open(broker.port), failsWith("REQUEST_TIMEOUT"));
    await assert.rejects(open(1), failsWith("NO_BROKER_REACHABLE"));
  });

  test("a call no version of which both sides know fails in one sentence", async () => {
    const { open } = await start();
    const connection = await open();
    assert.equal(connection.versions.choose(heartbeatApi, { max: 2 }), 2);
    assert.throws(() => connection.versions.choose(heartbeatApi, { min: 9 }), failsWith("NO_COMMON_VERSION"));
    assert.equal(connection.versions.find({ ...heartbeatApi, key: 999 }), undefined);
  });

  test("authenticates when the versions are known and before anything else is asked", async () => {
    const { world, broker } = await start();
    const steps: string[] = [];
    const authenticator: Authenticator = {
      async authenticate(exchange) {
        steps.push("begins");
        const version = exchange.versions.choose(heartbeatApi);
        await exchange.call(heartbeatApi, version, makeHeartbeatRequest({ groupId: "secret", memberId: "m", generationId: 1 }));
        steps.push("done");
        return 0;
      },
    };
    const opening = Connection.open({ host: HOST, port: broker.port }, world, { ...options, authenticator });
    const asking = opening.then((connection) => {
      steps.push("open");
      return beat(connection, "later");
    });
    await world.settle(asking);
    assert.deepEqual(steps, ["begins", "done", "open"]);
    assert.deepEqual(
      broker.requestsOf(heartbeatApi).map(({ groupId }) => groupId),
      ["secret", "later"],
    );
  });

  test("that is refused by its broker is closed, and the refusal is the answer at once, not after all retries", async () => {
    const { world, broker } = await start();
    const authenticator: Authenticator = {
      authenticate: () => Promise.reject(new KafkaError(ErrorCode.SASL_AUTHENTICATION_FAILED, "wrong password")),
    };
    await assert.rejects(
      world.settle(Connection.open({ host: HOST, port: broker.port }, world, { ...options, authenticator })),
      /wrong password/,
    );
    await world.pass(0);
    assert.equal(world.net.sockets.size, 0);
    const cluster = new Cluster(world, { ...resolveClientOptions({ bootstrapServers: broker.bootstrap }), authenticator });
    const before = world.clock.monotonicMs();
    await assert.rejects(
      world.settle(cluster.retrying("Metadata", cluster.limit(), () => cluster.metadata.refresh())),
      (error: unknown) => error instanceof KafkaError && error.code === "SASL_AUTHENTICATION_FAILED",
    );
    assert.equal(world.clock.monotonicMs(), before);
    cluster.close(new ClientError("CLIENT_CLOSED", "closed"));
  });

  test("a broker that throttles for weeks keeps no process alive behind a closed connection", async () => {
    const { world, broker, open } = await start();
    broker.on(heartbeatApi, () => makeHeartbeatResponse({ throttleTimeMs: 0x7fffffff }));
    const connection = await open();
    await world.settle(beat(connection));
    connection.close();
    assert.equal(world.clock.pendingTimers, 0);
  });
});
