import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import { makeSaslAuthenticateResponse, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeResponse, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { Connection, type ConnectionOptions } from "../../net/connection.ts";
import { HOST, ScriptedBroker } from "../../testing/scripted-broker.ts";
import { makeWorld } from "../../testing/simulated-world.ts";
import { OAuthBearerLogin } from "./oauth-bearer.ts";
import { PlainLogin } from "./plain.ts";
import { SaslAuthenticator } from "./sasl-authenticator.ts";
import type { SaslLogin } from "./sasl-exchange.ts";

async function scene(login: (world: ReturnType<typeof makeWorld>) => SaslLogin = () => new PlainLogin("alice", "secret")) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.on(saslHandshakeApi, () => makeSaslHandshakeResponse({ mechanisms: ["PLAIN"] }));
  broker.on(saslAuthenticateApi, () => makeSaslAuthenticateResponse());
  broker.on(heartbeatApi, () => makeHeartbeatResponse());
  const options: ConnectionOptions = {
    clientId: "test",
    requestTimeoutMs: 1000,
    connectTimeoutMs: 1000,
    connectionsMaxIdleMs: 540_000,
    responseBytesMax: 1024 * 1024,
    authenticator: new SaslAuthenticator(login(world)),
    tls: undefined,
  };
  const open = () => world.settle(Connection.open({ host: HOST, port: broker.port }, world, options));
  const beat = (connection: Connection, groupId: string) =>
    connection.call(
      heartbeatApi,
      connection.versions.choose(heartbeatApi),
      makeHeartbeatRequest({ groupId, memberId: "m", generationId: 1 }),
    );
  const order = () => broker.seen.map(({ key }) => key);
  return { world, broker, open, beat, order };
}

describe("a login by SASL", () => {
  test("names its mechanism, says its messages, and then asks what it came for", async () => {
    const { world, broker, open, beat, order } = await scene();
    await world.settle(beat(await open(), "g"));
    assert.deepEqual(order(), [18, 17, 36, 12]);
    assert.deepEqual(
      broker.requestsOf(saslHandshakeApi).map(({ mechanism }) => mechanism),
      ["PLAIN"],
    );
    assert.equal(broker.requestsOf(saslAuthenticateApi)[0]?.authBytes.toString(), "\0alice\0secret");
  });

  test("that is refused says who, how and why, and never the password", async () => {
    const { broker, open } = await scene();
    broker.on(saslAuthenticateApi, () =>
      makeSaslAuthenticateResponse({ errorCode: ErrorCode.SASL_AUTHENTICATION_FAILED, errorMessage: "Authentication failed" }),
    );
    await assert.rejects(open(), {
      code: "SASL_AUTHENTICATION_FAILED",
      fatal: true,
      message: 'The broker refused the login of "alice" by PLAIN: Authentication failed',
    });
  });

  test("by a mechanism that the listener does not take names those that it takes; on one without logins it says so", async () => {
    const { broker, open } = await scene();
    broker.on(saslHandshakeApi, () =>
      makeSaslHandshakeResponse({ errorCode: ErrorCode.UNSUPPORTED_SASL_MECHANISM, mechanisms: ["SCRAM-SHA-512"] }),
    );
    await assert.rejects(open(), /The listener does not take PLAIN; it takes SCRAM-SHA-512/);
    broker.on(saslHandshakeApi, () => makeSaslHandshakeResponse({ errorCode: ErrorCode.ILLEGAL_SASL_STATE }));
    await assert.rejects(open(), /The listener asks for no login; leave sasl out/);
  });

  test("is renewed before its session ends; what is asked meanwhile waits and keeps its order", async () => {
    const { world, broker, open, beat, order } = await scene();
    broker.on(saslAuthenticateApi, () => makeSaslAuthenticateResponse({ sessionLifetimeMs: 10_000 }));
    const connection = await open();
    await world.settle(beat(connection, "early"));
    await world.pass(8000);
    await world.settle(beat(connection, "still"));
    await world.pass(1600);
    await world.settle(Promise.all([beat(connection, "a"), beat(connection, "b")]));
    assert.deepEqual(order(), [18, 17, 36, 12, 12, 17, 36, 12, 12]);
    assert.deepEqual(
      broker.requestsOf(heartbeatApi).map(({ groupId }) => groupId),
      ["early", "still", "a", "b"],
    );
    // An unused connection asks for nothing.
    await world.pass(100_000);
    assert.equal(order().length, 9);
  });

  test("a token that lives 10 s serves for 10 minutes", async () => {
    let issued = 0;
    const { world, broker, open, beat } = await scene(
      (own) => new OAuthBearerLogin(() => ({ value: `t${++issued}`, expiresAtMs: own.clock.nowMs() + 10_000 }), own.clock),
    );
    broker.on(saslAuthenticateApi, () => makeSaslAuthenticateResponse({ sessionLifetimeMs: 10_000 }));
    const connection = await open();
    for (let second = 0; second < 600; second += 5) {
      await world.settle(beat(connection, "g"));
      await world.pass(5000);
    }
    assert.ok(connection.isOpen);
    assert.ok(issued >= 50 && issued <= 120, `${issued} tokens`);
  });

  test("that cannot be renewed ends the connection with the reason, and all that waited hears it", async () => {
    const { world, broker, open, beat } = await scene();
    broker.on(saslAuthenticateApi, () => makeSaslAuthenticateResponse({ sessionLifetimeMs: 1000 }));
    const connection = await open();
    broker.on(saslAuthenticateApi, () =>
      makeSaslAuthenticateResponse({ errorCode: ErrorCode.SASL_AUTHENTICATION_FAILED, errorMessage: "user is gone" }),
    );
    await world.pass(1000);
    const asked = Promise.allSettled([beat(connection, "a"), beat(connection, "b")]);
    for (const outcome of await world.settle(asked)) {
      assert.equal(outcome.status, "rejected");
      assert.match(String(outcome.reason), /could not be renewed: .*user is gone/);
    }
    assert.equal(world.clock.pendingTimers, 0);
  });

  test("a broker that is never content is given up", async () => {
    const { open } = await scene(() => ({
      mechanism: "PLAIN",
      who: "somebody",
      begin: () => Promise.resolve({ first: () => Buffer.from("a"), answer: () => Promise.resolve(Buffer.from("b")) }),
      refused() {},
    }));
    await assert.rejects(open(), { code: "AUTHENTICATION_FAILED", message: /not content after 8 messages/ });
  });
});
