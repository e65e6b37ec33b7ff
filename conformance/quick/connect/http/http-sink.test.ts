import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { decimalSchema, plain, type SinkRecord, struct, timestampSchema } from "@ottla/connect";
import { httpSink } from "@ottla/connect/http";
import { startFakeHttp } from "../../../src/connect/fake-http.ts";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { recordAt } from "../../../src/connect/s3/s3-task.ts";
import { SinkRun } from "../../../src/connect/sink-run.ts";

const keyed = (offset: number, key: unknown, value: unknown): SinkRecord => ({ ...recordAt(offset, value), key });
const check = async (properties: Record<string, string>): Promise<string> => {
  const context = { signal: new AbortController().signal, log: silentLogger };
  return (await httpSink.check!(configValues(httpSink.config, properties), context)).map(({ message }) => message).join();
};

test("a record is a request: its URL by what it has, its body JSON, a text or bytes, a deletion where it has no value", async () => {
  await using server = await startFakeHttp(() => ({ status: 204 }));
  const url = `${server.url}/${"${topic}"}/${"${key.id}"}?at=${"${offset}"}`;
  await using run = await SinkRun.open(httpSink, { "http.url": url, "request.method": "put", "behavior.on.null.values": "delete" });
  const schema = struct({ price: decimalSchema(2), at: timestampSchema(), big: plain("int64") });
  const value = { price: { unscaled: 1250n, scale: 2 }, at: new Date(5), big: 2n ** 60n };
  await run.write([
    { ...recordAt(1, value, { schema }), key: { id: "a/../b c" } },
    keyed(2, { id: 7n }, "text"),
    keyed(3, { id: 8 }, Buffer.from([0x61])),
    keyed(4, { id: 9 }, null),
    keyed(5, { id: ".." }, "x"),
    keyed(6, null, "y"),
  ]);
  assert.deepEqual(
    server.requests.map(({ method, url: path, headers, body }) => [method, path, headers["content-type"], body]),
    [
      ["PUT", "/orders/a%2F..%2Fb%20c?at=1", "application/json", '{"price":12.50,"at":5,"big":1152921504606846976}'],
      ["PUT", "/orders/7?at=2", "text/plain; charset=utf-8", "text"],
      ["PUT", "/orders/8?at=3", "application/octet-stream", "a"],
      ["DELETE", "/orders/9?at=4", undefined, ""],
    ],
  );
  assert.deepEqual(
    run.bad.map(({ record, message }) => [record.offset, message]),
    [
      [5n, `".." cannot stand in a URL's path.`],
      [6n, "At key.id: the record has no text or number for the ${key.id} of http.url."],
    ],
  );
});

test("whatever the server answers, each good record is taken once and in its key's order, and each bad one reported once", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  for (const more of [
    {},
    { "ottla.max.in.flight": "4" },
    { "batching.enabled": "true", "batch.max.size": "7", "ottla.max.in.flight": "3" },
  ]) {
    const random = new SeededRandom(seed);
    const taken: { readonly k: string; readonly n: number; readonly bad?: boolean }[] = [];
    await using server = await startFakeHttp(({ body }) => {
      const roll = random.nextInt(12);
      if (roll === 0) return { status: 503, headers: { "retry-after": "0" } };
      if (roll === 1) return { status: 500, body: "oops" };
      if (roll === 2) return { cut: "before" };
      const records = [JSON.parse(body) as (typeof taken)[number] | typeof taken].flat();
      if (records.some(({ bad }) => bad)) return { status: 422, body: "no\nsuch thing" };
      taken.push(...records);
      return {};
    });
    await using run = await SinkRun.open(httpSink, { "http.url": server.url, "retry.backoff.ms": "0", "max.retries": "50", ...more });
    const records = Array.from({ length: 80 }, (_, n) => {
      const k = `k${random.nextInt(5)}`;
      return keyed(n, k, { k, n, ...(random.nextInt(10) === 0 && { bad: true }) });
    });
    const values = records.map(({ value }) => value as (typeof taken)[number]);
    for (let from = 0; from < 80; from += 20) await run.write(records.slice(from, from + 20), 1000);
    const good = values.filter(({ bad }) => bad !== true);
    assert.deepEqual(
      taken.map(({ n }) => n).sort((a, b) => a - b),
      good.map(({ n }) => n),
    );
    for (let key = 0; key < 5; key++) {
      const of = (all: readonly { readonly k: string; readonly n: number }[]): number[] =>
        all.filter(({ k }) => k === `k${key}`).map(({ n }) => n);
      assert.deepEqual(of(taken), of(good));
    }
    assert.deepEqual(
      run.bad.map(({ record }) => Number(record.offset)).sort((a, b) => a - b),
      values.filter(({ bad }) => bad === true).map(({ n }) => n),
    );
    assert.match(run.bad[0]?.message ?? "", /POST http:\/\/127\.0\.0\.1:\d+\/ was answered with 422: no such thing\./);
  }
});

test("a server that is away is waited for as long as it asks; one record's 500 has an end; a refused login is nobody's record", async () => {
  const answers: { status: number; headers?: Record<string, string> }[] = [];
  await using server = await startFakeHttp(() => answers.shift() ?? { status: 200 });
  const settings = { "http.url": server.url, "retry.backoff.ms": "100", "max.retries": "2" };
  await using run = await SinkRun.open(httpSink, settings);
  answers.push({ status: 429, headers: { "retry-after": "7" } }, { status: 503 }, { status: 504 }, { status: 502 });
  await run.write([keyed(0, "a", "1")]);
  assert.deepEqual(run.waits, [7000, 200, 400, 800]);
  answers.push({ status: 503, headers: { "retry-after": new Date(Date.now() + 3_600_000 * 24).toUTCString() } });
  await run.write([keyed(1, "a", "1")]);
  assert.equal(run.waits.at(-1), 300_000);
  answers.push({ status: 500 }, { status: 500 }, { status: 500 });
  await run.write([keyed(2, "a", "1"), keyed(3, "a", "2")]);
  assert.deepEqual(
    run.bad.map(({ message }) => message.replace(/:\d+\//, "/")),
    ["POST http://127.0.0.1/ was answered with 500, 3 times."],
  );
  assert.equal(server.requests.at(-1)?.body, "2");
  for (const status of [401, 403]) {
    answers.push({ status });
    await assert.rejects(run.write([keyed(4, "a", "1")]), { code: "CONNECT_SINK", message: /see to http\.authorization\.type/ });
  }
  answers.push({ status: 302, headers: { location: "https://elsewhere/" } });
  await run.write([keyed(5, "a", "1")]);
  assert.match(run.bad.at(-1)?.message ?? "", /answered with 302 to https:\/\/elsewhere\//);
  await using gone = await SinkRun.open(httpSink, { ...settings, "http.url": "http://127.0.0.1:1/" });
  await assert.rejects(gone.write([keyed(0, "a", "1")], 3), { code: "CONNECT_RETRIABLE", message: /cannot be reached: .*ECONNREFUSED/ });
});

test("who asks: basic, bearer, key, header, and tokens that are kept, end, and are asked for anew where they are not taken", async () => {
  let tokens = 0;
  let isTaken = true;
  await using server = await startFakeHttp(({ url, headers }) => {
    if (url === "/token") return { body: { access_token: `t${++tokens}`, expires_in: tokens === 1 ? 3600 : 30 } };
    return { status: isTaken || headers.authorization === `Bearer t2` ? 200 : 401 };
  });
  const headerOf = async (settings: Record<string, string>, name = "authorization"): Promise<unknown> => {
    await using run = await SinkRun.open(httpSink, { "http.url": server.url, ...settings });
    await run.write([keyed(0, "a", "1")]);
    return server.requests.at(-1)?.headers[name];
  };
  const secretly = { "http.headers.authorization": "s3" };
  assert.equal(await headerOf({ "http.authorization.type": "basic", "connection.user": "u", "connection.password": "p" }), "Basic dTpw");
  assert.equal(await headerOf({ "http.authorization.type": "bearer", ...secretly }), "Bearer s3");
  assert.equal(await headerOf({ "http.authorization.type": "static", ...secretly }), "s3");
  assert.equal(await headerOf({ "http.authorization.type": "apikey", ...secretly }, "x-api-key"), "s3");
  assert.equal(await headerOf({ "http.headers.additional": "X-Team: a:b" }, "x-team"), "a:b");
  const oauth = {
    "http.authorization.type": "oauth2",
    "oauth2.access.token.url": `${server.url}/token`,
    "oauth2.client.id": "me",
    "oauth2.client.secret": "a b",
    "oauth2.client.scope": "write",
  };
  await using run = await SinkRun.open(httpSink, { "http.url": server.url, ...oauth });
  await run.write([keyed(0, "a", "1"), keyed(1, "a", "1")]);
  const asked = server.requests.find(({ url }) => url === "/token");
  assert.deepEqual(
    [asked?.headers.authorization, asked?.body],
    [`Basic ${Buffer.from("me:a%20b").toString("base64")}`, "grant_type=client_credentials&scope=write"],
  );
  assert.equal(tokens, 1);
  isTaken = false;
  await run.write([keyed(2, "a", "1")]);
  assert.deepEqual([tokens, server.requests.at(-1)?.headers.authorization], [2, "Bearer t2"]);
  for (const settings of [
    { "http.url": "ftp://x" },
    { "http.url": "http://${topic}/" },
    { "http.url": "http://a/${nothing}" },
    { "http.url": "http://a/", "retry.on.status.codes": "5xx" },
    { "http.url": "http://a/", "http.authorization.type": "oauth2" },
    { "http.url": "http://a/", "http.headers.additional": "nothing" },
    { "http.url": "http://a/", "ottla.tls.ca.file": "/nowhere.pem" },
    {},
  ])
    assert.notEqual(await check(settings), "", JSON.stringify(settings));
  assert.equal(await check({ "http.url": "http://a/${topic}" }), "");
});
