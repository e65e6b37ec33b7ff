// Logins that are renewed (KIP-368) at the wrong moment: while a Fetch is parked, with records on their way, as somebody else, twice at once, behind the expiry.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Api, decodeResponse, encodeRequest, ErrorCode } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import { produceApi } from "@ottla/protocol/apis/produce";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { produceRequest, sampleBatch } from "../../testing/sample-batches.ts";
import { autoCreateTopics } from "../../topics/auto-create.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const SESSION_MS = 60_000;
const ALICE = `\0alice\0${PASSWORDS["alice"]!}`;
const BOB = `\0bob\0${PASSWORDS["bob"]!}`;

let guarded: GuardedBroker;
before(async () => {
  guarded = await GuardedBroker.start({ "connections.max.reauth.ms": String(SESSION_MS) });
});
after(() => guarded[Symbol.asyncDispose]());

/** A request as it is sent, and how its answer is read. */
interface Asked {
  readonly bytes: Buffer;
  read(frame: Buffer): { readonly errorCode?: number; readonly sessionLifetimeMs?: number };
}

function asked<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Asked {
  return {
    bytes: Buffer.concat(encodeRequest(api, version, 1, "test", request)),
    read: (frame) => decodeResponse(api, version, frame) as object,
  };
}

const handshake = (mechanism = "PLAIN"): Asked => asked(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism }));
const token = (text: string): Asked => asked(saslAuthenticateApi, 2, makeSaslAuthenticateRequest({ authBytes: Buffer.from(text) }));
const metadata = asked(metadataApi, 12, makeMetadataRequest({ topics: [] }));
const produce = (topic: string): Asked => asked(produceApi, 9, produceRequest(topic, 0, sampleBatch(["a record"])));
const parkedFetch = (topic: string): Asked =>
  asked(
    fetchApi,
    12,
    makeFetchRequest({
      maxWaitMs: 300_000,
      minBytes: 1,
      maxBytes: 100_000,
      sessionEpoch: -1,
      topics: [makeFetchTopic({ topic, partitions: [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 100_000 })] })],
    }),
  );

async function logIn(): Promise<SecureClient> {
  const client = await SecureClient.open(guarded.broker);
  const welcome = await client.logIn("PLAIN", ALICE);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  return client;
}

function send(client: SecureClient, ...requests: readonly Asked[]): void {
  client.write(Buffer.concat(requests.map(({ bytes }) => bytes)));
}

/** The codes of the answers, in the order of the requests; "closed" where the connection ends before. */
async function answers(client: SecureClient, ...requests: readonly Asked[]): Promise<(number | "closed" | undefined)[]> {
  const codes: (number | "closed" | undefined)[] = [];
  for (const request of requests) {
    const frame = await client.frame();
    codes.push(frame === "closed" ? frame : request.read(frame).errorCode);
    if (frame === "closed") break;
  }
  return codes;
}

/** A client with a Fetch that waits for records of a topic of its own. */
async function withParkedFetch(topic: string): Promise<{ client: SecureClient; fetching: Asked; release: () => Promise<void> }> {
  await autoCreateTopics(guarded.broker.running.state, [topic]);
  const client = await logIn();
  const fetching = parkedFetch(topic);
  send(client, fetching);
  while (guarded.broker.running.state.partitions.get(topic, 0)?.watcherCount !== 1) await turn();
  const release = async (): Promise<void> => {
    using other = await logIn();
    const record = produce(topic);
    send(other, record);
    await answers(other, record);
  };
  return { client, fetching, release };
}

const recordCount = (topic: string): number | undefined => guarded.broker.running.state.partitions.get(topic, 0)?.log.logEndOffset;

test("a renewal behind a parked Fetch is answered behind it, and what follows is served", async () => {
  const { client, fetching, release } = await withParkedFetch("renewed");
  const rest = [handshake(), token(ALICE), metadata];
  send(client, ...rest);
  await release();
  assert.deepEqual(await answers(client, fetching, ...rest), [0, 0, 0, 0]);
  client[Symbol.dispose]();
});

test("as somebody else, or by a mechanism that is not there: the Fetch is answered, the renewal refused, and nothing behind it is done", async () => {
  for (const [topic, renewal, code] of [
    ["as-bob", [handshake(), token(BOB)], ErrorCode.SASL_AUTHENTICATION_FAILED],
    ["no-mechanism", [handshake("NONE")], ErrorCode.UNSUPPORTED_SASL_MECHANISM],
    ["in-the-middle", [handshake(), handshake()], ErrorCode.ILLEGAL_SASL_STATE],
  ] as const) {
    const { client, fetching, release } = await withParkedFetch(topic);
    const record = produce(topic);
    send(client, ...renewal, record);
    await release();
    const told = await answers(client, fetching, ...renewal, record);
    assert.deepEqual(told, [0, ...renewal.slice(1).map(() => 0), code, "closed"], topic);
    assert.equal(recordCount(topic), 1, `${topic}: what came behind the failed renewal was written`);
  }
});

test("records on their way when a renewal begins are written and acknowledged; one in the middle of it ends the connection and is not", async () => {
  await autoCreateTopics(guarded.broker.running.state, ["on-their-way"]);
  using client = await logIn();
  const records = Array.from({ length: 5 }, () => produce("on-their-way"));
  const late = produce("on-their-way");
  send(client, ...records, handshake(), late);
  assert.deepEqual(await answers(client, ...records, handshake(), late), [...records.map(() => undefined), 0, "closed"]);
  assert.equal(recordCount("on-their-way"), 5);
});

test("two renewals at once: the first counts, the second comes too soon, and the connection goes on", async () => {
  using client = await logIn();
  const sent = [handshake(), token(ALICE), handshake(), token(ALICE), metadata];
  send(client, ...sent);
  assert.deepEqual(await answers(client, ...sent), [0, 0, ErrorCode.ILLEGAL_SASL_STATE, ErrorCode.ILLEGAL_SASL_STATE, 0]);
});

test("behind the expiry nothing is served but a renewal, and after that all is", async () => {
  for (const request of [metadata, asked(apiVersionsApi, 3, makeApiVersionsRequest()), token(ALICE)]) {
    using client = await logIn();
    guarded.clock.advance(SESSION_MS + 1);
    send(client, request);
    assert.equal(await client.frame(), "closed");
  }
  using client = await logIn();
  guarded.clock.advance(SESSION_MS + 1);
  const sent = [handshake(), token(ALICE), metadata];
  send(client, ...sent);
  assert.deepEqual(await answers(client, ...sent), [0, 0, 0]);
});

test("a renewal that was begun in time may end behind the expiry", async () => {
  using client = await logIn();
  send(client, handshake());
  assert.deepEqual(await answers(client, handshake()), [0]);
  guarded.clock.advance(SESSION_MS + 1);
  const rest = [token(ALICE), metadata];
  send(client, ...rest);
  assert.deepEqual(await answers(client, ...rest), [0, 0]);
});
