import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ApplicationOptions, type QueryServer, serdes, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { type Instance, impatientSettings, startInstance } from "./known-answers.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-serve-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const texts = { key: serdes.string, value: serdes.string };
const WORDS = Array.from({ length: 40 }, (_, i) => `word-${i}`);

function counting(): Topology {
  const b = new StreamsBuilder();
  const grouped = b.stream("words", texts).groupByKey();
  grouped.count({ store: "counts" });
  grouped.windowedBy(tumbling({ sizeMs: 100, graceMs: 1_000 })).count({ store: { name: "windows", retentionMs: 10_000 } });
  return b.build();
}

interface Served extends Instance {
  readonly url: string;
}

async function startServed(kafka: Kafka, options: Partial<ApplicationOptions> = {}, topology: Topology = counting()): Promise<Served> {
  let server: QueryServer | undefined;
  const instance = await startInstance(kafka, topology, { applicationId: "served", ...options }, async (app) => {
    server = await app.serve();
  });
  return { ...instance, url: server!.url, [Symbol.asyncDispose]: () => instance.app.close() };
}

/** What of an answer the tests look at. */
interface Answered {
  readonly rows?: readonly unknown[];
  readonly value?: unknown;
  readonly role?: string;
  readonly lag?: number;
  readonly applicationServer?: string;
  readonly error?: { readonly code: string; readonly host?: string };
}

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  const text = await response.text();
  const json: Answered = text.startsWith("{") ? (JSON.parse(text.split("\n")[0]!) as Answered) : {};
  return { status: response.status, headers: response.headers, text, json };
};

/** As a client that may send any Host. */
function rawStatus(url: string, headers: Record<string, string>, method = "GET", body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, method }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Reads events until what it is waited for has come. */
async function events(
  url: string,
  isEnough: (events: readonly { readonly event: string; readonly data: { readonly key?: unknown; readonly value?: unknown } }[]) => boolean,
): Promise<void> {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const seen: { event: string; data: object }[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const piece of response.body!) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    const whole = rest.split("\n\n");
    rest = whole.pop()!;
    for (const text of whole) {
      const found = /^event: (.*)\ndata: (.*)$/.exec(text);
      if (found) seen.push({ event: found[1]!, data: JSON.parse(found[2]!) as object });
    }
    if (isEnough(seen)) break;
  }
  stop.abort();
  assert.ok(isEnough(seen), `events ended: ${JSON.stringify(seen)}`);
}

const owners = (kafka: Kafka, instances: readonly Served[], count: number) =>
  kafka.until("every instance knows the others", () =>
    instances.every(({ app }) => app.metadataForStore("counts").filter(({ stores }) => stores[0]!.partitions.length > 0).length === count),
  );

for (const where of ["memory", "lmdb"]) {
  test(`any instance answers for all, and goes on when a key moves in the middle (${where})`, async () => {
    await using kafka = await startKafka({ topics: { words: 4 }, settings: impatientSettings });
    const optionsOf = (name: string) => (where === "lmdb" ? { stateDir: join(folder, name) } : {});
    await using first = await startServed(kafka, optionsOf("first"));
    await kafka.topic("words").produce(WORDS.map((key) => ({ key, value: "x", timestamp: 10 })));
    const isWhole = async (url: string) => ((await get(`${url}/v1/stores/counts/keys?limit=1000`)).json.rows?.length ?? 0) === WORDS.length;
    await kafka.until("all words", () => isWhole(first.url));
    assert.deepEqual(first.app.metadataForKey("counts", "word-1").applicationServer, first.url.slice("http://".length));

    // A walk is under way while another instance takes half of the partitions.
    const counts = first.app.store<string, number>("counts");
    const seen: string[] = [];
    const walk = counts.all({ anywhere: true, waitMs: 20_000 })[Symbol.asyncIterator]();
    seen.push((await walk.next()).value!.key);
    await using second = await startServed(kafka, optionsOf("second"));
    await owners(kafka, [first, second], 2);
    for (let next = await walk.next(); next.done !== true; next = await walk.next()) seen.push(next.value.key);
    assert.deepEqual(seen.sort(), [...WORDS].sort());

    const moved = WORDS.find((word) => first.app.metadataForKey("counts", word).applicationServer === second.url.slice("http://".length))!;
    await kafka.until("the word has moved", async () => {
      try {
        await counts.get(moved);
        return false;
      } catch (error) {
        const { code, details } = error as { readonly code: string; readonly details: { readonly host?: string } };
        assert.match(code, /STREAMS_STORE_(MOVED|RESTORING|UNAVAILABLE)/);
        return code === "STREAMS_STORE_MOVED" && details.host === second.url.slice("http://".length);
      }
    });
    assert.equal(await counts.get(moved, { anywhere: true, waitMs: 20_000 }), 1);
    for (const { url } of [first, second]) {
      await kafka.until("all words from any", () => isWhole(url));
      assert.equal((await get(`${url}/v1/stores/counts/keys/${moved}`)).json.value, 1);
      const lines = (await get(`${url}/v1/stores/counts/keys`, { accept: "application/x-ndjson" })).text.trimEnd().split("\n");
      assert.equal(lines.length, WORDS.length + 1);
      assert.deepEqual(JSON.parse(lines.at(-1)!), { end: { rows: WORDS.length } });
    }
    // One hop, and no further.
    const here = await get(`${first.url}/v1/stores/counts/keys/${moved}?here`);
    assert.deepEqual(
      [here.status, here.json.error?.code, here.json.error?.host],
      [421, "STREAMS_STORE_MOVED", second.url.slice("http://".length)],
    );
    assert.equal((await get(`${first.url}/v1/stores/counts/metadata/${moved}`)).json.applicationServer, second.url.slice("http://".length));

    // Changes of all partitions come to whoever listens at one instance.
    let isProduced = false;
    await events(`${first.url}/v1/stores/counts/changes`, (all) => {
      // The second one is told when the other instance has begun to watch.
      if (all.length >= 2 && !isProduced) void kafka.topic("words").produce(WORDS.map((key) => ({ key, value: "y", timestamp: 20 })));
      isProduced ||= all.length >= 2;
      // Always as this instance sees it.
      for (const { event, data } of all) if (event === "partitions") assert.deepEqual(data, all[0]!.data);
      return (
        new Set(all.filter(({ event, data }) => event === "change" && data.value === 2).map(({ data }) => data.key)).size === WORDS.length
      );
    });

    // Killed before it has committed, its records count twice: at least once.
    await kafka.group("served").lag().zero();
    await second.kill();
    await kafka.until(
      "the first has all again",
      async () => (await get(`${first.url}/v1/stores/counts/keys/${moved}?waitMs=5000`)).json.value === 2,
    );
  });
}

test("a copy answers while its task is elsewhere, if a question takes old answers, and says how old", async () => {
  await using kafka = await startKafka({ topics: { words: 2 }, settings: impatientSettings });
  const options = { numStandbyReplicas: 1 };
  await using first = await startServed(kafka, options);
  await using second = await startServed(kafka, options);
  await kafka.topic("words").produce(WORDS.map((key) => ({ key, value: "x", timestamp: 10 })));
  await owners(kafka, [first, second], 2);
  const elsewhere = WORDS.find(
    (word) => first.app.metadataForKey("counts", word).applicationServer === second.url.slice("http://".length),
  )!;
  const found = await kafka.until("a copy", async () => {
    const { json, status } = await get(`${first.url}/v1/stores/counts/keys/${elsewhere}?here&stale`);
    return status === 200 && json.lag === 0 ? json : undefined;
  });
  assert.deepEqual([found.value, found.role, found.lag], [1, "standby", 0]);
  assert.equal((await get(`${first.url}/v1/stores/counts/keys/${elsewhere}?here`)).status, 421);
});

test("requests that are wrong, foreign or too many are told so, and change nothing", async () => {
  await using kafka = await startKafka({ topics: { words: 1 }, settings: impatientSettings });
  let server!: QueryServer;
  await using instance = await startInstance(kafka, counting(), { applicationId: "served" }, async (app) => {
    for (const streamsMax of [0, Number.NaN, 1.5, 1_001])
      await assert.rejects(app.serve({ streamsMax }), { code: "STREAMS_BAD_ARGUMENT", message: /streamsMax is / });
    server = await app.serve({ streamsMax: 1, origins: ["https://ops.example"] });
    const early = await get(`${server.url}/v1/stores/counts/keys/a`);
    assert.deepEqual([early.status, early.json.error?.code, early.headers.get("retry-after")], [503, "STREAMS_STORE_UNAVAILABLE", "1"]);
    assert.equal((await get(`${server.url}/health`)).status, 503);
  });
  const { url } = server;
  await kafka.topic("words").produce([{ key: "a/ä %", value: "x", timestamp: 10 }]);
  const key = encodeURIComponent("a/ä %");
  await kafka.until("the word", async () => (await get(`${url}/v1/stores/counts/keys/${key}`)).status === 200);
  assert.equal((await get(`${url}/health`)).status, 200);
  for (const [path, status, code] of [
    ["/v1/stores/nobody/keys/a", 404, "STREAMS_UNKNOWN_STORE"],
    ["/v1/stores/windows/keys/a", 400, "STREAMS_STORE_KIND"],
    ["/v1/stores/counts/keys/missing", 404, "KEY_NOT_FOUND"],
    ["/v1/stores/counts/keys?limit=0", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/counts/keys?limit=99999", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/counts/keys?after=zzz", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/counts/keys?partition=7", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/counts/keys?reverse=maybe", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/windows/windows/a?from=-1", 400, "STREAMS_BAD_ARGUMENT"],
    ["/v1/stores/counts/keys/a?bound=%7B%22words%22:7%7D", 400, "STREAMS_BAD_ARGUMENT"],
    [`/v1/stores/counts/keys/a?bound=${encodeURIComponent('{"words":{"0":99}}')}`, 412, "STREAMS_QUERY_BEHIND"],
    ["/v1/nothing", 404, "NOT_FOUND"],
  ] as const) {
    const answer = await get(`${url}${path}`);
    assert.deepEqual([answer.status, answer.json.error?.code], [status, code], path);
  }
  // A name that was made to point here, pages of others, and those that may.
  assert.equal(await rawStatus(`${url}/v1`, { host: "evil.example" }), 403);
  assert.equal(await rawStatus(`${url}/v1`, { origin: "https://evil.example" }), 403);
  assert.equal(await rawStatus(`${url}/v1`, { "sec-fetch-site": "cross-site" }), 403);
  const allowed = await get(`${url}/v1`, { origin: "https://ops.example" });
  assert.deepEqual([allowed.status, allowed.headers.get("access-control-allow-origin")], [200, "https://ops.example"]);
  // Another application's instance asks, or somebody who is none.
  const json = { "content-type": "application/json" };
  assert.equal(await rawStatus(`${url}/v1/read`, json, "POST", "{}"), 503);
  const ours = { ...json, "x-ottla-application": "served" };
  for (const body of ["", "{}", "[]", "null", '{"store":"counts","partition":0,"query":{"kind":"__proto__"},"after":null,"rowsMax":1}']) {
    assert.equal(await rawStatus(`${url}/v1/read`, ours, "POST", body), 400, body);
  }
  assert.equal(await rawStatus(`${url}/v1/read`, ours, "POST", "x".repeat(1024 * 1024 + 1)), 413);

  // One stream is open; a second has no room until it is over.
  const stop = new AbortController();
  const view = await fetch(`${url}/v1/stores/counts/changes`, { signal: stop.signal });
  const second = await get(`${url}/v1/stores/counts/keys`, { accept: "application/x-ndjson" });
  assert.deepEqual([second.status, second.json.error?.code], [503, "STREAMS_TOO_MANY_STREAMS"]);
  stop.abort();
  await view.body?.cancel().catch(() => {});
  await kafka.until("room", async () => (await get(`${url}/v1/stores/counts/keys`, { accept: "application/x-ndjson" })).status === 200);
  // A view that nobody closed does not keep the application.
  await fetch(`${url}/v1/stores/counts/changes`);
  await instance.app.close();
  await assert.rejects(fetch(`${url}/v1`));
});

test("while a store is restored, questions are answered 503 with how far it is", async () => {
  await using kafka = await startKafka({ topics: { words: 1 }, settings: impatientSettings });
  {
    await using _first = await startServed(kafka);
    await kafka.topic("words").produce(WORDS.map((key) => ({ key, value: "x", timestamp: 10 })));
    await kafka.until(
      "all words",
      async () => ((await get(`${_first.url}/v1/stores/counts/keys?limit=100`)).json.rows?.length ?? 0) === WORDS.length,
    );
  }
  let answer: Promise<Awaited<ReturnType<typeof get>>> | undefined;
  let asked: Promise<unknown> | undefined;
  let server!: QueryServer;
  await using instance = await startInstance(kafka, counting(), { applicationId: "served" }, async (app) => {
    server = await app.serve();
    app.onRestore((event, { store }) => {
      if (event !== "batch" || store !== "counts") return;
      // At once, in the middle of it.
      asked ??= app
        .store("counts")
        .get("word-1")
        .then(
          () => "answered",
          (error: unknown) => error,
        );
      answer ??= get(`${server.url}/v1/stores/counts/keys/word-1?waitMs=20000`);
    });
  });
  const error = (await asked) as { readonly code: string; readonly details: { readonly progress: readonly { readonly end: number }[] } };
  assert.equal(error.code, "STREAMS_STORE_RESTORING");
  assert.ok(error.details.progress[0]!.end >= WORDS.length);
  // Who waits is answered when it is there.
  assert.equal((await answer)?.json.value, 1);
  assert.equal(instance.app.state, "RUNNING");
});
