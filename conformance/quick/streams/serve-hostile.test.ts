import assert from "node:assert/strict";
import { test } from "node:test";
import { type QueryServer, serdes, StreamsBuilder, type Topology } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { type Instance, impatientSettings, startInstance } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string };

/** What ends lines, paths, questions and objects elsewhere, and what is long. */
const KEYS = [
  "",
  " ",
  ".",
  "..",
  "../../v1",
  "a/b",
  "a?b=c&here",
  "a#b",
  "a%b",
  "%2F",
  "%zz",
  "a\nb\r\nc: d",
  "\0",
  "\u2028",
  "😀 ä",
  "__proto__",
  "constructor",
  "$bytes",
  '{"$bytes":"AA=="}',
  '"',
  "\\",
  "event: change\ndata: {}\n\n",
  "x".repeat(4_000),
];

function counting(): Topology {
  const b = new StreamsBuilder();
  b.stream("words", texts).groupByKey().count({ store: "counts" });
  return b.build();
}

async function startServed(kafka: Kafka): Promise<Instance & { readonly url: string }> {
  let server: QueryServer | undefined;
  const instance = await startInstance(kafka, counting(), { applicationId: "served" }, async (app) => {
    server = await app.serve();
  });
  return { ...instance, url: server!.url, [Symbol.asyncDispose]: () => instance.app.close() };
}

const areKnown = (kafka: Kafka, instances: readonly Instance[]) =>
  kafka.until("every instance knows the others", () =>
    instances.every(
      ({ app }) => app.metadataForStore("counts").filter(({ stores }) => stores[0]!.partitions.length > 0).length === instances.length,
    ),
  );

test("a key is asked for by whatever text it is, here and elsewhere", async () => {
  await using kafka = await startKafka({ topics: { words: 4 }, settings: impatientSettings, deadlineMs: 20_000 });
  await using first = await startServed(kafka);
  await using second = await startServed(kafka);
  await kafka.topic("words").produce(KEYS.map((key) => ({ key, value: "x" })));
  await areKnown(kafka, [first, second]);
  await kafka.group("served").lag().zero();
  for (const { url } of [first, second]) {
    for (const key of KEYS) {
      // A path ends in no empty part, and goes up at dots.
      const isInPath = key !== "" && key !== "." && key !== "..";
      const encoded = encodeURIComponent(key);
      const query = `from=${encoded}&to=${encoded}`;
      const answer = await fetch(`${url}/v1/stores/counts/keys${isInPath ? `/${encoded}` : `?${query}`}`);
      const body = (await answer.json()) as {
        readonly value?: number;
        readonly key?: string;
        readonly rows?: readonly { key: string; value: number }[];
      };
      const found = isInPath ? body : body.rows?.[0];
      assert.deepEqual(
        [found?.key, found?.value],
        [key, 1],
        `${JSON.stringify(key.slice(0, 40))}: ${answer.status} ${JSON.stringify(body).slice(0, 300)}`,
      );
    }
    const lines = await (await fetch(`${url}/v1/stores/counts/keys`, { headers: { accept: "application/x-ndjson" } })).text();
    const rows = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly key?: string; readonly end?: object });
    assert.deepEqual(rows.at(-1), { end: { rows: KEYS.length } });
    assert.deepEqual(rows.flatMap(({ key }) => key ?? []).toSorted(), KEYS.toSorted());
  }
});

test("a stream of rows whose instance goes in the middle says so, or goes on where it is told to wait", async () => {
  await using kafka = await startKafka({ topics: { words: 2 }, settings: impatientSettings, deadlineMs: 30_000 });
  await using first = await startServed(kafka);
  const second = await startServed(kafka);
  const words = Array.from({ length: 20_000 }, (_, i) => `word-${i}-${"x".repeat(100)}`);
  await kafka.topic("words").produce(words.map((key) => ({ key, value: "x" })));
  await areKnown(kafka, [first, second]);
  await kafka.group("served").lag().zero();
  const stream = async (query: string) => {
    const answer = await fetch(`${first.url}/v1/stores/counts/keys?${query}`, { headers: { accept: "application/x-ndjson" } });
    const pieces = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    return { begin: (await pieces.read()).value!, pieces };
  };
  const rest = async ({ begin, pieces }: Awaited<ReturnType<typeof stream>>) => {
    let text = begin;
    for (let next = await pieces.read(); !next.done; next = await pieces.read()) text += next.value;
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly key?: string; readonly end?: object; readonly error?: { readonly code: string } });
  };
  const [hasty, patient] = [await stream(""), await stream("waitMs=20000")];
  await second.kill();
  const told = (await rest(hasty)).at(-1)!;
  assert.match(told.error?.code ?? "", /^STREAMS_(QUERY_REMOTE|STORE_(MOVED|RESTORING|UNAVAILABLE))$/);
  const all = await rest(patient);
  assert.deepEqual(all.at(-1), { end: { rows: words.length } });
  assert.equal(new Set(all.map(({ key }) => key)).size, words.length + 1);
});
