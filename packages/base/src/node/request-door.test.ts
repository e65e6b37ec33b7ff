import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { RequestDoor, type RequestDoorOptions } from "./request-door.ts";

interface Scene extends AsyncDisposable {
  readonly door: RequestDoor;
  /** What was let in, in its order: the length of the body, or why not. */
  readonly entries: (number | string | undefined)[];
  connect(): Socket;
  /** Sends bytes, and gives what came until the server closed. */
  exchange(bytes: string): Promise<string>;
  /** Resolves once it holds. */
  until(holds: () => boolean): Promise<void>;
  /** Answers who was let in. */
  answer(): void;
}

async function scene(options: Omit<RequestDoorOptions, "refusal">, { answersAtOnce = true } = {}): Promise<Scene> {
  const entries: (number | string | undefined)[] = [];
  const refusal = (why: string): { status: number; headers: object; text: string } => {
    entries.push(why);
    return { status: 413, headers: {}, text: why };
  };
  const door = new RequestDoor({ ...options, refusal } as RequestDoorOptions);
  const answers: (() => void)[] = [];
  const server: Server = createServer((request: IncomingMessage & { rawBody?: Buffer }, response) => {
    void door.admit(request, response).then((isAdmitted) => {
      const told = `${request.url} ${request.rawBody?.length}`;
      if (!isAdmitted) return response.headersSent || entries.push("gone");
      entries.push(request.rawBody?.length);
      answers.push(() => response.end(told));
      return answersAtOnce && answers.shift()!();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const opened = (): Socket => connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  return {
    door,
    entries,
    connect: opened,
    exchange: (bytes) =>
      new Promise((resolve) => {
        let got = "";
        const socket = opened();
        socket.setEncoding("utf8").on("data", (piece: string) => {
          got += piece;
          // Whoever is turned away has seen why.
          if (/\r\n\r\n(?:tooLarge|scattered|busy)$/.test(got)) socket.destroy();
        });
        socket.once("close", () => resolve(got)).write(bytes);
      }),
    async until(holds) {
      while (!holds()) await new Promise(setImmediate);
    },
    answer: () => answers.shift()!(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const head = (line: string, ...headers: readonly string[]): string => [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
const post = (path: string, body: string, ...headers: readonly string[]): string =>
  head(`POST ${path}`, `Content-Length: ${body.length}`, ...headers) + body;
const chunked = (...pieces: readonly string[]): string =>
  head("POST /", "Transfer-Encoding: chunked", "Connection: close") +
  [...pieces, ""].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
const bodyOf = (answer: string): string => answer.slice(answer.lastIndexOf("\r\n\r\n") + 4);

test("bodies come in whole, and what is held of them is given back with the answer", async () => {
  await using served = await scene({ maxBodyBytes: 100 }, { answersAtOnce: false });
  const answered = served.exchange(chunked("abc", "defgh"));
  await served.until(() => served.entries.length === 1);
  assert.deepEqual([served.entries, served.door.heldBytes], [[8], 8]);
  served.answer();
  assert.match(await answered, /\/ 8/);
  await served.until(() => served.door.heldBytes === 0);
});

test("a body that is too long is turned away before it is read, and who sends it all the same sees why", async () => {
  await using served = await scene({ maxBodyBytes: 100 });
  assert.equal(bodyOf(await served.exchange(head("POST /", "Content-Length: 9007199254740993"))), "tooLarge");
  assert.equal(bodyOf(await served.exchange(post("/", "x".repeat(4_000_000)))), "tooLarge");
  assert.equal(bodyOf(await served.exchange(chunked("x".repeat(100), "x"))), "tooLarge");
  assert.match(await served.exchange(chunked("x".repeat(100))), /\/ 100/);
  assert.deepEqual([served.entries, served.door.heldBytes], [["tooLarge", "tooLarge", "tooLarge", 100], 0]);
});

test("a body in pieces of a byte each is turned away long before it is whole", async () => {
  await using served = await scene({ maxBodyBytes: 1_000_000 });
  assert.equal(bodyOf(await served.exchange(head("POST /", "Transfer-Encoding: chunked") + "1\r\nx\r\n".repeat(10_000))), "scattered");
  assert.match(await served.exchange(chunked(...Array.from({ length: 1_000 }, () => "x"))), /\/ 1000/);
  assert.match(await served.exchange(chunked(...Array.from({ length: 3_000 }, () => "x".repeat(64)))), /\/ 192000/);
});

test("whose client goes while the body comes was never there, and leaves nothing behind", async () => {
  await using served = await scene({ maxBodyBytes: 100 });
  const socket = served.connect();
  socket.write(post("/", "x".repeat(50)).slice(0, -1));
  await served.until(() => served.door.heldBytes === 49);
  socket.destroy();
  await served.until(() => served.entries.length === 1);
  assert.deepEqual([served.entries, served.door.heldBytes], [["gone"], 0]);
});

test("requests of a connection come in one at a time; who sends a hundred ahead of the answers is cut off", async () => {
  await using served = await scene({ maxBodyBytes: 100 }, { answersAtOnce: false });
  const answered = served.exchange(post("/1", "a") + post("/2", "bc") + head("GET /3", "Connection: close"));
  for (const count of [1, 2, 3]) {
    await served.until(() => served.entries.length === count);
    await new Promise(setImmediate);
    assert.equal(served.entries.length, count);
    served.answer();
  }
  assert.deepEqual(
    [...(await answered).matchAll(/\r\n\r\n(\/\d (?:\d|undefined))/g)].map(([, body]) => body),
    ["/1 1", "/2 2", "/3 undefined"],
  );
  assert.equal(await served.exchange(head("GET /").repeat(101)), "");
});

test("when bodies have no room left, the one that is on its way for longest gives way", async () => {
  await using served = await scene({ maxBodyBytes: 100, maxHeldBytes: 150 }, { answersAtOnce: false });
  const slow = served.exchange(post("/slow", "x".repeat(100)).slice(0, -20));
  await served.until(() => served.door.heldBytes === 80);
  const quick = served.exchange(post("/quick", "x".repeat(100), "Connection: close"));
  await served.until(() => served.entries.length === 2);
  assert.deepEqual([served.entries, served.door.heldBytes], [["busy", 100], 100]);
  assert.match(await slow, /413[^]*busy/);
  assert.equal(bodyOf(await served.exchange(post("/late", "x".repeat(100)))), "busy");
  served.answer();
  assert.match(await quick, /\/quick 100/);
});
