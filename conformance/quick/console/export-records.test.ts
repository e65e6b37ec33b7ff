import assert from "node:assert/strict";
import { test } from "node:test";
import { asCsv, asJsonLines, exported } from "../../../packages/console/src/ui/lib/record-files.ts";
import { ConsoleFixture } from "./console-fixture.ts";

const LONG = `{"text":"${"x".repeat(50_000)}"}`;
const BYTES = Buffer.from(Array.from({ length: 5_000 }, (_, i) => i % 256));

test("a record is read with all of its bytes where a list shows its beginning, and is written again as it was", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { large: 1, copy: 1 } });
  const headers = [
    { key: "plain", value: "ü" },
    { key: "bytes", value: BYTES },
    { key: "none", value: null },
    ...Array.from({ length: 200 }, (_, i) => ({ key: `h${i}`, value: "y".repeat(3_000) })),
  ];
  await ottla.kafka.client().producer().send({ topic: "large", key: BYTES, value: LONG, headers });
  await ottla.kafka.client().producer().send({ topic: "large", key: null, value: "\uFEFF{}" });
  const events = await ottla.events("/topics/large/messages?from=earliest");
  const [shown, marked] = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  assert.deepEqual(
    [shown.value.isCut, shown.value.text.length, shown.key.base64, shown.headers.length, shown.headerCount],
    [true, 20_000, undefined, 100, 203],
  );
  assert.deepEqual(
    shown.headers.slice(0, 4).map(({ isExact }: { readonly isExact: boolean }) => isExact),
    [true, false, true, false],
  );
  assert.equal(marked.value.text, "\uFEFF{}", "a mark of byte order is there");
  const { body } = await ottla.get("/topics/large/record?partition=0&offset=0");
  assert.deepEqual(
    [body.key, body.value, body.headers.length],
    [{ text: BYTES.toString("base64"), encoding: "base64" }, { text: LONG, encoding: "text" }, 203],
  );
  const written = await ottla.post("/topics/copy/messages", {
    key: body.key,
    value: body.value,
    headers: body.headers.map(({ key, value }: { readonly key: string; readonly value: { text: string; encoding: string } | null }) => ({
      key,
      value: value?.text ?? null,
      ...(value !== null && { encoding: value.encoding }),
    })),
  });
  assert.equal(written.status, 201, JSON.stringify(written.body));
  const again = await ottla.get("/topics/copy/record?partition=0&offset=0");
  assert.deepEqual([again.body.key, again.body.value, again.body.headers], [body.key, body.value, body.headers]);
  const gone = await ottla.get("/topics/large/record?partition=0&offset=99");
  assert.deepEqual([gone.status, gone.body.code], [404, "UNKNOWN_RECORD"]);
  const wrong = await ottla.post("/topics/copy/messages", { key: { text: null }, value: { text: "no base64!", encoding: "base64" } });
  assert.deepEqual([wrong.status, wrong.body.code], [400, "BAD_REQUEST"]);
});

test("a file of records has all of their bytes, and no cell that a spreadsheet would take for a formula", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { large: 1 } });
  const headers = [{ key: "h", value: BYTES }];
  await ottla.kafka.client().producer().send({ topic: "large", key: BYTES, value: LONG, headers });
  await ottla.kafka.topic("large").produce([
    { key: "k", value: "-2+3+cmd|' /C calc'!A0" },
    { key: "-7", value: '=1,"x"' },
    { key: null, value: null },
  ]);
  const events = await ottla.events("/topics/large/messages?from=earliest");
  const shown = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  const told: string[] = [];
  const readWhole = async ({ partition, offset }: { readonly partition: number; readonly offset: number }) =>
    (await ottla.get(`/topics/large/record?partition=${partition}&offset=${offset}`)).body;
  const records = await exported(shown, readWhole, (read, toRead) => told.push(`${read}/${toRead}`), new AbortController().signal);
  assert.deepEqual(told, ["1/1"]);
  const [first, , , last] = asJsonLines("large", records)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const base64 = BYTES.toString("base64");
  assert.deepEqual([first?.["keyBase64"], first?.["value"], first?.["headers"]], [base64, LONG, [{ key: "h", valueBase64: base64 }]]);
  assert.deepEqual([last?.["key"], last?.["value"]], [null, null]);
  const lines = asCsv(records).split("\r\n");
  assert.ok(lines[1]?.includes("x".repeat(50_000)), "what is long is whole in a table, too");
  assert.deepEqual(
    lines.slice(2, 4).map((line) => line.split(",").slice(3).join(",")),
    ["k,'-2+3+cmd|' /C calc'!A0", `-7,"'=1,""x"""`],
  );
});
