import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { httpSource } from "@ottla/connect/http";
import { type FakeAnswer, type FakeHttp, startFakeHttp } from "../../../src/connect/fake-http.ts";
import { SourceRuns } from "../../../src/connect/source-run.ts";

const source = (url: string, more: Record<string, string>): SourceRuns =>
  new SourceRuns(httpSource, { url, "topic.name.pattern": "things", "request.interval.ms": "5", "retry.backoff.ms": "0", ...more });
const numbers = ({ events }: SourceRuns): unknown[] => events.map(({ value }) => (value as { n: unknown }).n);
/** Pages of a growing list by `?at=`, three records each. */
const paged = (
  list: readonly unknown[],
  answer: (records: readonly unknown[], at: number) => FakeAnswer,
  fault: () => FakeAnswer | undefined,
) =>
  startFakeHttp(({ url }) => {
    const at = Number(new URL(url, "http://x").searchParams.get("at") ?? 0);
    return fault() ?? answer(list.slice(at, at + 3), at);
  });

test("each record comes once over stops anywhere and answers that fail, by number, by the last record, by cursor and by link", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const list = Array.from({ length: 10 }, (_, n) => ({ id: `i${n}`, n }));
  const growing: { readonly id: string; readonly n: number }[] = [];
  const next = (at: number): number | undefined => (at + 3 < growing.length ? at + 3 : undefined);
  const modes: readonly [Record<string, string>, (records: readonly unknown[], at: number) => FakeAnswer][] = [
    [{ "http.request.parameters": "at=${offset}" }, (records) => ({ body: records })],
    [
      {
        "http.request.parameters": "at=${offset}",
        "http.offset.mode": "CHAINING",
        "http.offset.json.pointer": "/next",
        "http.initial.offset": "0",
      },
      (records) => ({ body: records.map((each) => ({ ...(each as object), next: (each as { n: number }).n + 1 })) }),
    ],
    [
      {
        "http.request.parameters": "at=${offset}",
        "http.offset.mode": "CURSOR_PAGINATION",
        "http.next.page.json.pointer": "/meta/next",
        "http.response.data.json.pointer": "/items",
      },
      (records, at) => ({ body: { items: records, meta: { next: next(at) ?? null } } }),
    ],
    [
      { "http.offset.mode": "LINK" },
      (records, at) => ({
        body: records,
        headers: next(at) === undefined ? {} : { link: `</x>; rel="prev", </list?at=${next(at)}>; rel="next"` },
      }),
    ],
  ];
  for (const [more, answer] of modes) {
    const random = new SeededRandom(seed);
    growing.splice(0, 10, ...list.slice(0, 4));
    await using server = await paged(growing, answer, () => {
      const roll = random.nextInt(8);
      return roll === 0
        ? { status: 503 }
        : roll === 1
          ? { cut: "within" }
          : roll === 2
            ? { status: 429, headers: { "retry-after": "0" } }
            : undefined;
    });
    const runs = source(`${server.url}/list`, more);
    while (runs.events.length < 10) {
      const when = (events: readonly unknown[]): boolean => {
        if (events.length >= 3) growing.splice(0, 10, ...list);
        return false;
      };
      // A run that ends with its last item does not ask.
      when(runs.events);
      await runs.run({ items: Math.min(10 - runs.events.length, 1 + random.nextInt(4)), when });
    }
    assert.deepEqual(numbers(runs), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], JSON.stringify(more));
  }
});

test("an answer that is the same is read once, by its tag, its time or its bytes; one that changed is read whole", async () => {
  for (const header of ["etag", "last-modified", undefined]) {
    let version = 1;
    let unchanged = 0;
    await using server = await startFakeHttp(({ headers }) => {
      const mark = String(version);
      if (header !== undefined && headers[header === "etag" ? "if-none-match" : "if-modified-since"] === mark) {
        unchanged++;
        return { status: 304 };
      }
      return { body: [{ n: version }, { n: version * 10 }], headers: header === undefined ? {} : { [header]: mark } };
    });
    const runs = source(server.url, { "http.offset.mode": "NONE" });
    await runs.run({ items: 1 });
    await runs.run({ items: 1 });
    await runs.run({ items: 1, signal: AbortSignal.timeout(40) });
    assert.deepEqual(numbers(runs), [1, 10]);
    version = 2;
    await runs.run({ items: 2 });
    assert.deepEqual(numbers(runs), [1, 10, 2, 20]);
    if (header !== undefined) assert.ok(unchanged > 0);
  }
});

test("whole numbers stay exact; keys and times are taken out; what cannot be read is told", async () => {
  let answer: FakeAnswer = { body: '{"data": [{"id": {"a": 9007199254740993}, "at": "2026-01-02T03:04:05Z", "v": 9007199254740993}]}' };
  await using server: FakeHttp = await startFakeHttp(() => answer);
  const settings = {
    "http.offset.mode": "NONE",
    "http.response.data.json.pointer": "/data",
    "ottla.key.json.pointer": "/id/a",
    "ottla.timestamp.json.pointer": "/at",
  };
  const runs = source(server.url, settings);
  await runs.run({ items: 1 });
  const [event] = runs.events;
  assert.deepEqual([event?.key, event?.timestampMs, event?.topic], ["9007199254740993", Date.UTC(2026, 0, 2, 3, 4, 5), "things"]);
  assert.equal((event?.value as { v: bigint } | undefined)?.v, 9007199254740993n);
  const refused: readonly [FakeAnswer, Record<string, string>, RegExp][] = [
    [{ body: "<html>" }, {}, /The answer is no JSON; it begins with "<html>"/],
    [{ body: { other: [] } }, {}, /nothing at \/data; see to http\.response\.data\.json\.pointer/],
    [{ status: 404, body: "who?" }, {}, /answered 404: who\?; see to url/],
    [{ status: 503 }, { "max.retries": "2" }, /answered 503, 3 times/],
    [{ body: "x".repeat(2000) }, { "ottla.response.max.bytes": "1024" }, /more than 1024 bytes; ask for smaller pages/],
    [
      { body: { data: [{}] } },
      { "http.offset.mode": "CHAINING", "http.offset.json.pointer": "/id" },
      /no text or number at http\.offset\.json\.pointer/,
    ],
    [
      { body: [], headers: { link: "<http://elsewhere/x>; rel=next" } },
      { "http.offset.mode": "LINK", "http.response.data.json.pointer": "" },
      /another host/,
    ],
    [{}, { "http.offset.mode": "CHAINING" }, /CHAINING needs http\.offset\.json\.pointer/],
    [{}, { "http.next.page.json.pointer": "meta", "http.offset.mode": "CURSOR_PAGINATION" }, /is a JSON Pointer/],
  ];
  for (const [given, more, expected] of refused) {
    answer = given;
    await assert.rejects(source(server.url, { ...settings, ...more }).run({}), expected);
  }
  await assert.rejects(source("http://127.0.0.1:1/", { "max.retries": "1" }).run({}), /cannot be reached: .*ECONNREFUSED.*, 2 times/);
});
