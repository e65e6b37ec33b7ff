import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { type Logger, silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { type RegistryServer, serveRegistry } from "./serve-registry.ts";

let registry: Registry;
let server: RegistryServer;
const faults: string[] = [];
const logger: Logger = { ...silentLogger, warn: (message) => faults.push(message), error: (message) => faults.push(message) };
before(async () => {
  registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  server = await serveRegistry({ registry, logger, port: await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 }) });
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
    socket.setEncoding("utf8").on("data", (piece: string) => {
      got += piece;
      // Such an answer is the last; the server waits a second for who still sends.
      if (/^HTTP\/1\.1 (?:413|400)[^]*connection: close[^]*\}$/.test(got)) socket.destroy();
    });
    socket.once("error", (error) => (got === "" ? reject(error) : undefined)).once("close", () => resolve(got));
  });
}
/** Sends the first bytes of a request and goes away: by ending its side, or without a word. */
function cutOff(bytes: string, at: number, how: "end" | "destroy"): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(bytes.slice(0, at), () => socket[how]()));
    socket.on("error", () => {}).on("data", () => {});
    socket.once("close", () => resolve());
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

test("a request that is cut off at any byte changes nothing, is no fault of the registry's, and leaves nothing behind", async () => {
  const chunked = asked("POST /subjects/x/versions HTTP/1.1", `${SCHEMA.length.toString(16)}\r\n${SCHEMA}\r\n0\r\n\r\n`, CHUNKED);
  const config = '{"compatibility":"FULL"}';
  const whole = [
    sized("POST /subjects/gone/versions HTTP/1.1", SCHEMA),
    chunked.replace("/x/", "/gone/"),
    sized("POST /subjects/gone HTTP/1.1", SCHEMA),
    chunked.replace("/x/versions", "/gone"),
    chunked.replace("/subjects/", "/compatibility/subjects/"),
    sized("PUT /config/gone HTTP/1.1", config),
  ];
  for (const bytes of whole)
    for (let from = 1; from < bytes.length; from += 20)
      await Promise.all(
        Array.from({ length: Math.min(20, bytes.length - from) }, async (_each, at) => {
          await cutOff(bytes, from + at, (from + at) % 2 === 0 ? "end" : "destroy");
        }),
      );
  assert.match(await exchanged(asked("GET /subjects/gone/versions HTTP/1.1", "", "Connection: close")), /40401/);
  assert.match(await exchanged(asked("GET /config/gone HTTP/1.1", "", "Connection: close")), /40408/);
  assert.deepEqual(faults, []);
});

test("who goes before the answer comes has what was asked for whole, or not at all", async () => {
  const versions = async (subject: string): Promise<string> =>
    exchanged(asked(`GET /subjects/${subject}/versions HTTP/1.1`, "", "Connection: close"));
  for (let n = 0; n < 40; n++) {
    const bytes = sized(`POST /subjects/left${n}/versions HTTP/1.1`, SCHEMA);
    await cutOff(bytes, bytes.length, n % 2 === 0 ? "end" : "destroy");
  }
  for (let n = 0; n < 40; n++) assert.match(await versions(`left${n}`), /\r\n\[1\]|40401/);
  assert.deepEqual(faults, []);
});

test("hostile sizes get one clear refusal each, and cost others nothing", async () => {
  const register = (body: string, subject = "size"): Promise<string> =>
    exchanged(sized(`POST /subjects/${subject}/versions HTTP/1.1`, body) + last);
  const put = (path: string, body: object): Promise<string> =>
    exchanged(sized(`PUT ${path} HTTP/1.1`, JSON.stringify(body)).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  const long = "x".repeat(64 * 1024);
  const many = Object.fromEntries(Array.from({ length: 5_001 }, (_each, at) => [`p${at}`, "x"]));
  for (const [answer, status, word] of [
    [await register("x".repeat(10_000_000)), 413, /1048576 bytes/],
    [await exchanged(asked("POST /subjects/size/versions HTTP/1.1", SCHEMA, "Content-Length: 9007199254740993")), 413, /1048576 bytes/],
    [await exchanged(asked("POST /subjects/size HTTP/1.1", "1\r\nx\r\n".repeat(20_000), CHUNKED)), 400, /pieces of a few bytes/],
    [await register("[".repeat(500_000)), 400, /more than 500 arrays/],
    [await register(`{"schema":"\\"int\\"","id":${"9".repeat(500_000)}}`), 400, /a number of more than 1000 characters/],
    [await register(`{"references":[${"1,".repeat(400_000)}1]}`), 400, /more than 50000 values/],
    [await register(JSON.stringify({ schema: '"int"', references: [{ name: long, subject: "s", version: 1 }] })), 400, /1000 characters/],
    [await register(SCHEMA, "x".repeat(10_000)), 422, /longer than 1000 characters/],
    [await register(SCHEMA, `:.${"x".repeat(10_000)}:a`), 422, /longer than 1000 characters/],
    [await put(`/config/:.${"x".repeat(10_000)}:`, { compatibility: "FULL" }), 422, /longer than 1000 characters/],
    [await put("/config/size", { alias: long }), 400, /alias.*may have 1000/],
    [await put("/config/size", { compatibilityGroup: long }), 400, /compatibilityGroup.*may have 1000/],
    [await put("/config/size", { defaultMetadata: { properties: many } }), 422, /5000 tags and properties/],
    [await exchanged("GET /subjects HTTP/1.1\r\nHost: [::::\r\nConnection: close\r\n\r\n"), 400, /no URL of this registry/],
  ] as const) {
    assert.equal(statusesOf(answer)[0], status, answer.slice(0, 300));
    assert.match(answer, word);
    assert.ok(answer.length < 1_000);
  }
  // Node closes what is read no further, and the answer may be lost with it.
  for (const bytes of [
    asked(`GET /subjects/${long}/versions HTTP/1.1`),
    asked(`GET /subjects?${"a=b&".repeat(100_000)} HTTP/1.1`),
    asked("GET /subjects HTTP/1.1", "", ...Array.from({ length: 10_000 }, (_each, at) => `x${at}: 1`)),
  ])
    assert.match(await exchanged(bytes).catch(() => "reset"), /^HTTP\/1\.1 431|^reset$/);
  assert.match(await exchanged(asked("GET /subjects/size/versions HTTP/1.1", "", "Connection: close")), /40401/);
  assert.deepEqual(faults, []);
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
