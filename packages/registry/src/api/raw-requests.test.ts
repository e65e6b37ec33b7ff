import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { OpenPort } from "@ottla/base/node";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { type RegistryServer, serveRegistry } from "./serve-registry.ts";

let registry: Registry;
let server: RegistryServer;
before(async () => {
  registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  server = await serveRegistry({ registry, port: await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 }) });
});
after(async () => {
  await server.close();
  await registry.stop();
});

const SCHEMA = '{"schema":"\\"int\\""}';
const CHUNKED = "Transfer-Encoding: chunked";
const asked = (line: string, body = "", ...headers: readonly string[]): string =>
  [line, "Host: registry", "Content-Type: application/json", ...headers, "", body].join("\r\n");
const sized = (line: string, body: string): string => asked(line, body, `Content-Length: ${Buffer.byteLength(body)}`);
const last = asked("GET /subjects HTTP/1.1", "", "Connection: close");

/** Sends bytes as they are, and gives what came until the server closed. */
function exchanged(bytes: string, isEnded = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = "";
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
      if (isEnded) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setEncoding("utf8").on("data", (piece: string) => (got += piece));
    socket.once("error", reject).once("close", () => resolve(got));
  });
}
const statusesOf = (answer: string): readonly number[] => [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

test("a path with a part that is . or .. is refused: it would be another subject's", async () => {
  await exchanged(sized("POST /subjects/versions/versions HTTP/1.1", SCHEMA) + last);
  for (const part of [".", "..", "%2e", "%2E%2e", ".%2E"]) {
    for (const line of [`POST /subjects/${part}/versions`, `GET /subjects/a/versions/${part}`, `DELETE /subjects/${part}/versions`]) {
      const answer = await exchanged(sized(`${line} HTTP/1.1`, SCHEMA) + last);
      assert.deepEqual(statusesOf(answer), [400, 200], line);
      assert.match(answer, /no subject can be called so/, line);
    }
  }
  const answer = await exchanged(asked("GET /subjects/versions/versions?x=/../ HTTP/1.1", "", "Connection: close"));
  assert.match(answer, /\r\n\[1\]/, "and the subject that is there is untouched");
  assert.deepEqual(statusesOf(await exchanged(sized("POST /subjects/..a/versions HTTP/1.1", SCHEMA) + last)), [200, 200]);
});

test("HTTP/1.0 needs no host, as load balancers ask", async () => {
  assert.deepEqual(statusesOf(await exchanged("GET /subjects HTTP/1.0\r\n\r\n")), [200]);
});

test("bodies that are cut off or wrongly framed register nothing", async () => {
  const { length } = SCHEMA;
  for (const [bytes, isEnded] of [
    [asked("POST /subjects/cut/versions HTTP/1.1", `10\r\n${SCHEMA.slice(0, 16)}\r\n`, CHUNKED), true],
    [asked("POST /subjects/cut/versions HTTP/1.1", `zz\r\n${SCHEMA}\r\n0\r\n\r\n`, CHUNKED), false],
    [asked("POST /subjects/cut/versions HTTP/1.1", SCHEMA, `Content-Length: ${length + 1}`), true],
    [
      asked("POST /subjects/cut/versions HTTP/1.1", `${length.toString(16)}\r\n${SCHEMA}\r\n0\r\n\r\n`, "Content-Length: 3", CHUNKED),
      false,
    ],
    [sized("POST /subjects/cut/versions HTTP/1.1", SCHEMA.slice(0, -1)) + last, false],
  ] as const)
    assert.equal(statusesOf(await exchanged(bytes, isEnded))[0], 400, bytes);
  assert.match(await exchanged(asked("GET /subjects/cut/versions HTTP/1.1", "", "Connection: close")), /40401/);
});

test("a connection serves on behind each refusal, and others are served beside a thousand that say nothing", async () => {
  const answers = await exchanged(
    [
      sized("POST /subjects/on/versions HTTP/1.1", "{"),
      asked("POST /subjects/on/versions HTTP/1.1", SCHEMA, "Accept: text/html", `Content-Length: ${SCHEMA.length}`),
      asked("HEAD /subjects HTTP/1.1"),
      asked("PATCH /subjects HTTP/1.1"),
      asked(`GET /subjects/${"x".repeat(10_000)}/versions HTTP/1.1`),
      sized("POST /subjects/a%00b/versions HTTP/1.1", SCHEMA),
      sized("POST /subjects/on/versions HTTP/1.1", SCHEMA),
      last,
    ].join(""),
  );
  assert.deepEqual(statusesOf(answers), [400, 406, 200, 405, 422, 422, 200, 200]);
  const idle = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1").on("error", () => {});
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.write("POST /subjects/on/versions HTTP/1.1\r\nHost: registry\r\n");
      return socket;
    }),
  );
  assert.deepEqual(statusesOf(await exchanged(last)), [200]);
  for (const socket of idle) socket.destroy();
});
