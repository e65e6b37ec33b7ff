import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { LoopTurn } from "./loop-turn.ts";
import { paceServer } from "./paced-server.ts";
import { inLine } from "./request-line.ts";
import { systemClock } from "./system-clock.ts";
import * as tlsFixture from "./testing/tls-fixture.ts";

interface Scene extends AsyncDisposable {
  readonly port: number;
  /** Sends bytes, and gives what came until the server closed. */
  exchange(bytes: string, socket?: Socket): Promise<string>;
}

/** A server whose turns are over after so many pieces. */
async function scene(listener: RequestListener, { pieces = 1, server = createServer(listener) } = {}): Promise<Scene> {
  let looks = 0;
  // A ms for each look at the clock, and the first of a turn begins it.
  const turn = new LoopTurn({ monotonicMs: () => (looks++, looks * (12 / pieces)), nextTurn: systemClock.nextTurn });
  paceServer(server, turn);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    exchange: (bytes, socket = connect(port, "127.0.0.1")) =>
      new Promise((resolve) => {
        let got = "";
        socket.on("error", () => {});
        socket.setEncoding("latin1").on("data", (piece: unknown) => (got += String(piece)));
        socket.once("close", () => resolve(got)).write(bytes);
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const head = (line: string, ...headers: readonly string[]): string => [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
const answersIn = (text: string): string[] => [...text.matchAll(/<([^>]*)>/g)].map(([, body = ""]) => body);
const digits = (length: number): string => "0123456789".repeat(Math.ceil(length / 10)).slice(0, length);

/** Tells of each request its path and whether its body is the digits that were sent. */
const telling: RequestListener = (request, response) => {
  let body = "";
  request.setEncoding("latin1").on("data", (piece: unknown) => (body += String(piece)));
  request.once("end", () => response.end(`<${request.url} ${body.length} ${body === digits(body.length)}>`));
};

test("bodies come in whole and in order, whatever of them a turn has time for", async () => {
  for (const pieces of [1, 3, 1_000]) {
    await using served = await scene(telling, { pieces });
    const chunks = Array.from({ length: 2_000 }, () => `a\r\n${digits(10)}\r\n`).join("");
    const bytes = [
      head("POST /whole", "Content-Length: 300000") + digits(300_000),
      head("POST /chunks", "Transfer-Encoding: chunked") + `${chunks}0\r\n\r\n`,
      head("GET /last", "Connection: close"),
    ].join("");
    assert.deepEqual(answersIn(await served.exchange(bytes)), ["/whole 300000 true", "/chunks 20000 true", "/last 0 true"]);
  }
});

test("requests ahead of answers that nobody has taken yet wait, and each is answered in its turn", async () => {
  // More than a connection holds, so that the server stops reading it by itself in the middle of what was read.
  const long = "x".repeat(100_000);
  await using served = await scene((request, response) => void response.end(`<${request.url}>${long}`));
  const requests = Array.from({ length: 200 }, (_each, at) => `/${at}`);
  const text = await served.exchange(requests.map((each) => head(`GET ${each}`)).join("") + head("GET /last", "Connection: close"));
  assert.deepEqual(answersIn(text), [...requests, "/last"]);
});

test("bodies that nobody reads for a while wait too", async () => {
  await using served = await scene((request, response) => {
    let turns = 0;
    const read = (): void => void (++turns < 20 ? setImmediate(read) : telling(request, response));
    read();
  });
  const bytes = head("POST /late", "Content-Length: 500000") + digits(500_000) + head("GET /last", "Connection: close");
  assert.deepEqual(answersIn(await served.exchange(bytes)), ["/late 500000 true", "/last 0 true"]);
});

test("what was read of a connection that was cut off is not parsed any more", async () => {
  let requests = 0;
  await using served = await scene((request) => void (++requests === 10 && request.socket.destroy()), { pieces: 1_000 });
  assert.equal(await served.exchange(head("GET /").repeat(5_000)), "");
  // As many as may stand in a piece.
  assert.ok(requests >= 10 && requests <= 8_192 / head("GET /").length + 1, String(requests));
});

test("of many connections that bring much at once no more comes in than a turn has time for", async () => {
  const perTurn: number[] = [0];
  let isOver = false;
  const count = (): void => {
    perTurn.push(0);
    if (!isOver) setImmediate(count);
  };
  await using served = await scene(
    (_request, response) => {
      perTurn[perTurn.length - 1]!++;
      response.end();
    },
    { pieces: 4 },
  );
  count();
  const bytes = head("GET /").repeat(700) + head("GET /", "Connection: close");
  await Promise.all(Array.from({ length: 20 }, () => served.exchange(bytes)));
  isOver = true;
  const ofPiece = Math.ceil(8_192 / head("GET /").length) + 1;
  assert.equal(
    perTurn.reduce((sum, each) => sum + each),
    20 * 701,
  );
  // What came in before anybody looked at the clock, and four pieces on either side of where turns are counted.
  assert.ok(Math.max(...perTurn) <= 9 * ofPiece, String(Math.max(...perTurn)));
});

test("a client that goes in the middle leaves nothing behind", async () => {
  let closed = 0;
  const server = createServer((request) => void request.once("close", () => closed++));
  await using served = await scene(() => {}, { server });
  const socket = connect(served.port, "127.0.0.1").on("error", () => {});
  const came = once(server, "request");
  socket.write(head("POST /", "Content-Length: 1000000") + digits(400_000));
  await came;
  socket.resetAndDestroy();
  while (closed === 0) await new Promise(setImmediate);
});

test("what is no HTTP behind a good request is answered 400, and the connection closed", async () => {
  await using served = await scene(telling);
  const text = await served.exchange(`${head("POST /a", "Content-Length: 9000")}${digits(9_000)}nonsense\r\n\r\n${"x".repeat(100_000)}`);
  assert.match(text, /HTTP\/1\.1 400/);
});

test("a connection that its server goes on reading while it waits, and stops again, is not waked", () => {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const turn = new LoopTurn({ monotonicMs: () => nowMs, nextTurn: (run) => void turns.push(run) });
  const server = new EventEmitter();
  paceServer(server as unknown as Server, turn);
  const heard: string[] = [];
  let isPaused = false;
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    isPaused: () => isPaused,
    pause: () => void (isPaused = true),
    resume: () => void heard.push("resumed"),
    unshift: (bytes: Buffer) => void heard.push(`back ${bytes}`),
  });
  socket.on("data", (piece: Buffer) => void heard.push(`parsed ${piece}`));
  server.emit("connection", socket);
  turn.mayTake(5_000);
  nowMs = 12;
  socket.emit("data", Buffer.from("a"));
  assert.deepEqual(heard, ["back a"]);
  const [end, wake] = turns;
  end!();
  isPaused = false;
  socket.emit("data", Buffer.from("a"));
  isPaused = true;
  wake!();
  assert.deepEqual(heard, ["back a", "parsed a"]);
});

test("connections by TLS are paced as well", async () => {
  const { privateKey: key, certificate: cert } = tlsFixture.server;
  const server = createSecureServer({ key, cert }, telling) as unknown as Server;
  await using served = await scene(telling, { server });
  const socket = connectTls({ port: served.port, host: "127.0.0.1", rejectUnauthorized: false });
  const bytes = head("POST /", "Content-Length: 300000") + digits(300_000) + head("GET /last", "Connection: close");
  assert.deepEqual(answersIn(await served.exchange(bytes, socket)), ["/ 300000 true", "/last 0 true"]);
});

test("a listener in line hears of one request of a connection at a time, and of none when it is gone", async () => {
  const waiting: (() => void)[] = [];
  await using served = await scene(
    inLine((request, response) => void waiting.push(() => response.end(`<${request.url}>`))),
    { pieces: 1_000 },
  );
  const answered = served.exchange(head("GET /1") + head("GET /2") + head("GET /3", "Connection: close"));
  for (let at = 0; at < 3; at++) {
    while (waiting.length === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.equal(waiting.length, 1);
    waiting.shift()!();
  }
  assert.deepEqual(answersIn(await answered), ["/1", "/2", "/3"]);
  assert.equal(await served.exchange(head("GET /").repeat(101)), "");
});
