import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connectorsReader } from "./read-connectors.ts";

/** What is read from a server that answers so, and what it was asked. */
async function read(status: number, body: string, login = ""): Promise<{ readonly outcome: unknown; readonly asked: string }> {
  let asked = "";
  const server = createServer(({ url, headers }, response) => {
    asked = `${url} ${headers.authorization ?? ""}`.trim();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const reading = connectorsReader(`http://${login}127.0.0.1:${port}/`)(5000, new AbortController().signal);
    const outcome = await reading.catch(
      (error: Error & { readonly code?: string }) => `${error.code}: ${error.message.replace(/:\d+/, "")}`,
    );
    return { outcome, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("connectors and their tasks come by one request; of what a task failed with the kind alone, since the rest may hold secrets", async () => {
  const trace = "org.apache.kafka.connect.errors.ConnectException: login with password=hunter2 failed\n\tat x";
  const status = {
    name: "orders",
    connector: { state: "RUNNING", worker_id: "w-1:8083" },
    tasks: [
      { id: 0, state: "RUNNING", worker_id: "w-1:8083" },
      { id: 1, state: "FAILED", worker_id: "w-2:8083", trace },
    ],
    type: "sink",
  };
  const { outcome, asked } = await read(
    200,
    JSON.stringify({ orders: { status }, odd: 5, bare: { status: { connector: null, tasks: [null, {}] } } }),
    "me:p%40ss@",
  );
  assert.equal(asked, `/connectors?expand=status Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  assert.deepEqual(outcome, [
    { connector: "bare", type: "unknown", state: "UNKNOWN", tasks: [{ task: 1, state: "UNKNOWN", worker: "no worker" }] },
    {
      connector: "orders",
      type: "sink",
      state: "RUNNING",
      tasks: [
        { task: 0, state: "RUNNING", worker: "w-1:8083" },
        { task: 1, state: "FAILED", worker: "w-2:8083", failure: "org.apache.kafka.connect.errors.ConnectException" },
      ],
    },
  ]);
});

test("what is no worker of Connect, or refuses, is told without the login", async () => {
  for (const [status, body, told] of [
    [401, "secret", "CONNECT_REFUSED: Connect at http://127.0.0.1 answers with status 401."],
    [200, "<html>", "CONNECT_ANSWER_UNREADABLE: What answers at http://127.0.0.1 is no worker of Connect: its answer is no JSON."],
    [
      200,
      "[1]",
      "CONNECT_ANSWER_UNREADABLE: What answers at http://127.0.0.1 is no worker of Connect: it lists no connectors with their states.",
    ],
    [
      200,
      "null",
      "CONNECT_ANSWER_UNREADABLE: What answers at http://127.0.0.1 is no worker of Connect: it lists no connectors with their states.",
    ],
  ] as const)
    assert.equal((await read(status, body, "me:hunter2@")).outcome, told);
  for (const url of ["", "connect:8083", "ftp://x", "http://", "http://%:1"]) assert.throws(() => connectorsReader(url));
});
