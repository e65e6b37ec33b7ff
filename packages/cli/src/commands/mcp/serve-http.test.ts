import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import { ParsedOptions } from "../../command.ts";
import { serveMcp } from "./serve-mcp.ts";

const end = new AbortController();
let served: ReturnType<typeof serveMcp>;
let port = 0;

before(async () => {
  const stderr = new PassThrough();
  served = serveMcp({
    options: new ParsedOptions(new Map([["http", [0]]])),
    positionals: [],
    stdout: new PassThrough(),
    stderr,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    env: { OTTLA_MCP_TOKEN: "token" },
    main: new URL(import.meta.url),
    signal: end.signal,
  });
  const [line] = (await Promise.race([once(stderr, "data"), served])) as [Buffer];
  port = Number(/:(\d+)\/mcp/.exec(line.toString())![1]);
});
after(async () => {
  end.abort();
  assert.equal(await served, 0);
});

/** The status of a request as it stands on the wire; "closed" if there is no answer. */
async function statusOf(head: string, headers: readonly string[] = [], body = ""): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const all = ["Host: localhost", "Connection: close", `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  socket.write(`${head} HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n${body}`);
  let text = "";
  // A stream of events is kept alive by the server: its first line is enough.
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes("\r\n")) break;
  }
  return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? "closed";
}

const TOKEN = "Authorization: Bearer token";
const JSON_HEADERS = [TOKEN, "Content-Type: application/json", "Accept: application/json, text/event-stream"];
const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

test("no request target, token, host or body ends the server", async () => {
  for (const target of ["//", "http://[", "*", "/%", "/mcp/", `/${"x".repeat(8000)}`, "//mcp"])
    assert.equal(await statusOf(`GET ${target}`, JSON_HEADERS), "404", target);
  assert.equal(await statusOf("POST /mcp", JSON_HEADERS.slice(1), LIST), "401");
  assert.equal(await statusOf("POST /mcp", ["Authorization: Bearer tokeN", ...JSON_HEADERS.slice(1)], LIST), "401");
  assert.equal(await statusOf("POST /mcp", [...JSON_HEADERS, "Origin: http://evil.example"], LIST), "403");
  for (const body of ["", "{", "null", "7", "[]", '{"jsonrpc":"2.0"}', "[".repeat(100_000)])
    assert.equal(await statusOf("POST /mcp", JSON_HEADERS, body), "400", body.slice(0, 20));
  assert.equal(await statusOf("POST /mcp?x=//", JSON_HEADERS, LIST), "200");
});
