import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import {
  deleteGroupsApi,
  makeDeletableGroupResult,
  makeDeleteGroupsRequest,
  makeDeleteGroupsResponse,
} from "@ottla/protocol/apis/delete-groups";
import { CloseConnectionError, DEFAULT_MAX_REQUEST_BYTES, type Handler } from "../handler.ts";
import { apiVersionsHandler } from "../handlers/18-api-versions.ts";
import { ClientMemory } from "../net/client-memory.ts";
import { ClosedSignal } from "../net/closed.ts";
import type { FrameReceiver, Outcome } from "../net/frame-receiver.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { EVERYBODY } from "../authorisation.ts";
import type { FaultInjection } from "./fault-injection.ts";
import { Dispatcher, type PipelineStages } from "./dispatcher.ts";
import type { Throttle } from "./throttle.ts";

type DeleteGroups = Handler<ReturnType<typeof makeDeleteGroupsRequest>, ReturnType<typeof makeDeleteGroupsResponse>>;

interface Scene {
  readonly dispatcher: Dispatcher;
  readonly memory: ClientMemory;
  /** A request; its answer is made as soon as it may be. */
  send(groups: number): Outcome | Promise<Outcome>;
  receiver: ReturnType<Dispatcher["forConnection"]>;
}

/** A dispatcher with one handler of a list of names, beside ApiVersions. */
function sceneOf(
  broker: TestBroker,
  own: Partial<DeleteGroups>,
  more: { readonly isStranger?: boolean; readonly stages?: PipelineStages; readonly memoryBytes?: number } = {},
): Scene {
  const handler: DeleteGroups = {
    api: deleteGroupsApi,
    minVersion: 0,
    maxVersion: 2,
    authorisation: EVERYBODY,
    handle: () => makeDeleteGroupsResponse(),
    ...own,
  };
  const dispatcher = new Dispatcher(broker.running.state, [handler, apiVersionsHandler], more.stages);
  const memory = new ClientMemory(systemClock, more.memoryBytes ?? 1 << 30);
  const sasl = more.isStranger ? { mechanisms: () => new Map(), maxReauthMs: () => 0, failureDelayMs: 0 } : undefined;
  const place = { nodeId: 1, listenerName: "PLAINTEXT", sasl };
  const client = {
    connectionId: 1,
    clientHost: "/1.2.3.4",
    serverHost: "1.2.3.4",
    closed: new ClosedSignal(),
    memory: memory.openAccount(),
    abandon: () => {},
  };
  const receiver = dispatcher.forConnection(place, client);
  const send = (groups: number) => {
    const request = makeDeleteGroupsRequest({ groupsNames: Array.from({ length: groups }, (_, i) => `g${i}`) });
    const frame = Buffer.concat(encodeRequest(deleteGroupsApi, 2, 7, "test", request)).subarray(4);
    const { outcome } = receiver.receive(frame, true);
    return outcome instanceof Promise ? outcome.then((settled) => (settled.kind === "unmade" ? settled.make() : settled)) : outcome;
  };
  return { dispatcher, memory, send, receiver };
}

const reasonOf = (outcome: ReturnType<FrameReceiver["receive"]>["outcome"]): string =>
  outcome instanceof Promise ? "a promise" : outcome.kind === "close" ? outcome.reason : outcome.kind;

test("a request has as many elements as its handler says, and one more closes the connection", async () => {
  await using broker = await TestBroker.start();
  const { send } = sceneOf(broker, { maxRequestElements: 100 });
  assert.equal(reasonOf(send(100)), "answer");
  assert.match(reasonOf(send(101)), /malformed DeleteGroups request: it has more than 100 elements/);
});

test("a frame is bounded by what its handler says, by socket.request.max.bytes, and by the default where nobody serves it", async () => {
  await using broker = await TestBroker.start({ settings: { "socket.request.max.bytes": "2000000" } });
  const limit = (own: Partial<DeleteGroups>, apiKey: number = deleteGroupsApi.key) => sceneOf(broker, own).receiver.maxFrameBytes(apiKey);
  assert.deepEqual(
    [limit({}), limit({ maxRequestBytes: 5 }), limit({ maxRequestBytes: 3_000_000 }), limit({ maxRequestBytes: "records" })],
    [DEFAULT_MAX_REQUEST_BYTES, 5, 2_000_000, 2_000_000],
  );
  assert.deepEqual([limit({}, 999), limit({}, -1)], [DEFAULT_MAX_REQUEST_BYTES, 2_000_000]);
  const { receiver } = sceneOf(broker, { maxRequestBytes: 5 });
  assert.match(
    receiver.describeViolation({ kind: "too-large", frameBytes: 6, firstInt16: deleteGroupsApi.key }),
    /DeleteGroups request of 6 bytes .* 5 /,
  );
});

test("before it has authenticated a connection may send only what serves that, and nothing else is decoded", async () => {
  await using broker = await TestBroker.start();
  const { send, receiver } = sceneOf(broker, { handle: () => assert.fail() }, { isStranger: true });
  assert.equal(reasonOf(send(1)), "DeleteGroups came before the client had authenticated");
  const frame = Buffer.concat(encodeRequest(apiVersionsApi, 0, 1, "test", makeApiVersionsRequest())).subarray(4);
  assert.equal(reasonOf(receiver.receive(frame, true).outcome), "answer");
});

test("a request that waits is held on behalf of its client until it is answered, and one that there is no memory for is refused before it is handled", async () => {
  await using broker = await TestBroker.start();
  let answer: () => void = () => {};
  let handled = 0;
  const handle = () => {
    handled++;
    return new Promise<ReturnType<typeof makeDeleteGroupsResponse>>((resolve) => {
      answer = () => resolve(makeDeleteGroupsResponse());
    });
  };
  const { memory, send } = sceneOf(broker, { handle }, { memoryBytes: 3_000_000 });
  const small = send(1);
  assert.ok(memory.heldBytes > 1000 && memory.heldBytes < 2000, `${memory.heldBytes} bytes`);
  answer();
  await small;
  assert.equal(memory.heldBytes, 0);
  const outcome = send(10_000);
  assert.ok(memory.heldBytes > 1_000_000 && memory.heldBytes < 2_000_000, `${memory.heldBytes} bytes`);
  assert.match(reasonOf(send(20_000)), /no memory for a DeleteGroups request/);
  assert.equal(handled, 2);
  answer();
  assert.equal((await outcome).kind, "answer");
  assert.equal(memory.heldBytes, 0);
});

test("a request that fails after it took something for its answer gives that back", async () => {
  await using broker = await TestBroker.start();
  for (const way of ["at once", "later"]) {
    let released = 0;
    const handle: DeleteGroups["handle"] = (call) => {
      call.afterAnswer(() => released++);
      if (way === "at once") throw new CloseConnectionError("no");
      return Promise.reject(new CloseConnectionError("no"));
    };
    assert.equal(reasonOf(await sceneOf(broker, { handle }).send(1)), "no");
    assert.equal(released, 1, way);
  }
});

test("what a request did is counted per API: requests by version, errors told, those that closed their connection, times", async () => {
  await using broker = await TestBroker.start();
  const { dispatcher, send } = sceneOf(broker, {
    handle: (_, { groupsNames }) => {
      if (groupsNames.length === 2) throw new CloseConnectionError("no");
      const codes = [0, 16, 0, 16, 69, 0];
      return makeDeleteGroupsResponse({ results: codes.map((errorCode) => makeDeletableGroupResult({ errorCode })) });
    },
  });
  void send(1);
  void send(1);
  void send(2);
  const [stats] = dispatcher.observer.stats;
  assert.ok(stats);
  assert.deepEqual([stats.name, Object.entries(stats.versions), stats.closed], ["DeleteGroups", [["2", 2]], 1]);
  assert.deepEqual(Object.fromEntries(stats.errors), { 0: 6, 16: 4, 69: 2 });
  assert.equal(stats.totalTime.count, 2);
  assert.ok(stats.totalTime.sumMs >= stats.longestTurnMs && stats.longestTurnMs > 0 && stats.requestBytes > 20);
});

test("a throttled client is told for how long, and its connection is quiet for that time", async () => {
  await using broker = await TestBroker.start();
  const asked: unknown[] = [];
  const throttle: Throttle = ({ session, apiKey, requestBytes }) => {
    asked.push([session.clientHost, apiKey, requestBytes > 0]);
    return 250;
  };
  const outcome = sceneOf(broker, {}, { stages: { throttle } }).send(1);
  assert.ok(!(outcome instanceof Promise) && outcome.kind === "answer" && outcome.muteMs === 250);
  assert.equal(Buffer.concat(outcome.frame as Buffer[]).readInt32BE(4 + 4 + 1), 250, "throttleTimeMs comes first in the body");
  assert.deepEqual(asked, [["/1.2.3.4", deleteGroupsApi.key, true]]);
});

test("faults take the place of the handler: its request is lost, late, or answered", async () => {
  await using broker = await TestBroker.start();
  let handled = 0;
  const handle = () => {
    handled++;
    return makeDeleteGroupsResponse();
  };
  const withFault = (run: FaultInjection["run"], isArmed = true) =>
    sceneOf(broker, { handle }, { stages: { faults: { isArmed, run, ended() {}, stop() {} } } });
  const lost = withFault(() => {
    throw new CloseConnectionError("lost");
  });
  assert.deepEqual([reasonOf(lost.send(1)), handled], ["lost", 0]);
  const late = withFault(async (_call, _handler, request, handleIt) => (await Promise.resolve(), handleIt(request)));
  assert.equal((await late.send(1)).kind, "answer");
  const none = withFault(() => assert.fail("nothing is armed"), false);
  assert.equal(reasonOf(none.send(1)), "answer");
  assert.equal(handled, 2);
});

test("an answer is encoded when its connection has its turn, and not at all for a client that has gone", async () => {
  await using broker = await TestBroker.start();
  let released = 0;
  const handle: DeleteGroups["handle"] = async (context) => {
    context.afterAnswer(() => released++);
    return makeDeleteGroupsResponse();
  };
  const { receiver, memory } = sceneOf(broker, { handle });
  const frame = Buffer.concat(encodeRequest(deleteGroupsApi, 2, 7, "test", makeDeleteGroupsRequest())).subarray(4);
  const [made, dropped] = [await receiver.receive(frame, true).outcome, await receiver.receive(frame, true).outcome];
  assert.ok(made.kind === "unmade" && dropped.kind === "unmade");
  dropped.drop();
  assert.equal(released, 1);
  const answer = made.make();
  assert.ok(!(answer instanceof Promise) && answer.kind === "answer");
  answer.onSent?.();
  assert.deepEqual([released, memory.heldBytes], [2, 0]);
});
