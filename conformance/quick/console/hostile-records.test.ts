import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { readConsoleUsers } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";

test("a record with a hundred thousand headers, and a thousand records of many signs, come in events that a page can take", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { odd: 1, long: 1, many: 1 } });
  const producer = ottla.kafka.client().producer({ maxRequestSizeBytes: 16_000_000 });
  const headers = Array.from({ length: 100_000 }, (_, i) => ({ key: i === 0 ? "__proto__" : "", value: i === 0 ? "x" : null }));
  await producer.send({ topic: "odd", key: "k", value: "v", headers });
  const events = await ottla.events(`/topics/odd/messages?from=earliest&filter=${encodeURIComponent(`"__proto__" in headers`)}`);
  const [record] = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  assert.deepEqual([record.headers.length, record.headerCount, record.headers[0].key], [100, 100_000, "__proto__"]);
  for (let i = 0; i < 10; i++)
    await producer.send(Array.from({ length: 10 }, () => ({ topic: "long", key: "k", value: "x".repeat(50_000) })));
  await producer.send(Array.from({ length: 1_000 }, (_, i) => ({ topic: "many", key: `${i}`, value: "v" })));
  const long = (await ottla.events("/topics/long/messages?from=earliest&limit=1000")).filter(({ event }) => event === "records");
  assert.equal(long.flatMap(({ data }) => data.records).length, 100);
  const largest = Math.max(...long.map(({ data }) => JSON.stringify(data).length));
  assert.ok(largest < 700_000, `an event of ${largest} signs`);
  const many = (await ottla.events("/topics/many/messages?from=earliest&limit=1000")).filter(({ event }) => event === "records");
  const counts = many.map(({ data }) => data.records.length as number);
  assert.deepEqual([counts.reduce((sum, count) => sum + count, 0), Math.max(...counts)], [1_000, 100]);
});

test("whoever has not logged in sends a login and nothing large", async () => {
  await using ottla = await ConsoleFixture.start();
  const large = await ottla.post("/login", { name: "x", password: "y".repeat(20_000) });
  assert.deepEqual([large.status, large.body.code], [413, "BODY_TOO_LARGE"]);
});

test("readers that do not read hold no more than their places, and the console goes on", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { long: 1 } });
  const producer = ottla.kafka.client().producer();
  for (let i = 0; i < 40; i++)
    await producer.send(Array.from({ length: 20 }, () => ({ topic: "long", key: "k", value: "x".repeat(20_000) })));
  const { port } = new URL(ottla.url);
  const sockets = await Promise.all(
    Array.from({ length: 24 }, async () => {
      const socket = connect(Number(port), "127.0.0.1").pause();
      await once(socket, "connect");
      socket.write(`GET /api/topics/long/messages?from=earliest&limit=1000 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      return socket;
    }),
  );
  const beyond = async (): Promise<string> => (await ottla.get("/topics/long/messages")).body.code;
  const status = async (): Promise<number> => {
    const answer = await fetch(`${ottla.url}/api/topics/long/messages?from=earliest&limit=1`);
    await answer.text();
    return answer.status;
  };
  await ottla.kafka.until("all places are taken", async () => (await status()) === 409);
  assert.equal(await beyond(), "TOO_MANY_READINGS");
  assert.equal((await ottla.get("/topics")).status, 200);
  const held = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
  assert.ok(held < 400 * 2 ** 20, `${Math.round(held / 2 ** 20)} MiB outside the heap`);
  for (const socket of sockets) socket.destroy();
  await ottla.kafka.until("their places are free", async () => (await status()) === 200);
});

test("whole records are read a few at a time, in turn for each who asks; more are told to come again, and a place of who is gone is free", async () => {
  const user = async (name: string) => ({ name, role: "viewer" as const, password: await hashPassword("right") });
  const users = readConsoleUsers({ users: [await user("ada"), await user("ben")] });
  await using ottla = await ConsoleFixture.start(
    { topics: { large: { partitions: 1, configs: { "max.message.bytes": "16000000" } } } },
    { users },
  );
  const producer = ottla.kafka.client().producer({ maxRequestSizeBytes: 16_000_000 });
  const value = "ü\u2028😀x".repeat(400_000);
  await producer.send({ topic: "large", key: Buffer.from([255, 0]), value });
  const [ada, ben] = [await ottla.loggedIn("ada", "right"), await ottla.loggedIn("ben", "right")];
  const path = "/topics/large/record?partition=0&offset=0";
  const { port } = new URL(ottla.url);
  const firsts: string[] = [];
  // Beyond the beginning they take nothing of what they asked for.
  const idle = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      socket.write(`GET /api${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${ada["cookie"]}\r\n\r\n`);
      socket.once("data", (bytes: Buffer) => {
        firsts.push(String(bytes.subarray(0, 2_000)));
        socket.pause();
      });
      return socket;
    }),
  );
  const ask = (headers: Readonly<Record<string, string>>): Promise<Response> => fetch(`${ottla.url}/api${path}`, { headers });
  const begun = (status: number): readonly string[] => firsts.filter((each) => each.startsWith(`HTTP/1.1 ${status}`));
  // On a slow machine those who waited too long are told the same.
  await ottla.kafka.until("two are answered and two are told to come again", async () => begun(200).length >= 2 && begun(503).length >= 2);
  const refused = begun(503);
  assert.match(refused[0]!, /^retry-after: 1\r$/im);
  assert.match(refused[0]!, /READS_BUSY/);
  const whole = (await (await ask(ben)).json()) as { value: object; key: object };
  assert.deepEqual(
    [whole.key, whole.value],
    [
      { text: "/wA=", encoding: "base64" },
      { text: value, encoding: "text" },
    ],
  );
  for (const socket of idle) socket.destroy();
  await ottla.kafka.until("the places of who is gone are free", async () => (await ask(ada)).status === 200);
});
