import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { after, test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { registryApi } from "../api/registry-api.ts";
import { loadFormats } from "../formats/load-formats.ts";
import type { SchemaFormat, SchemaSource, SchemaType } from "../formats/schema-format.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import type { SchemaFormats } from "../subjects/schema-reader.ts";
import { SchemaJudge } from "./schema-judge.ts";

const entry = new URL("./testing/judge-entry.ts", import.meta.url);
const judge = new SchemaJudge({ makeThread: () => new Worker(entry) });
after(() => judge.close());

const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_each, at) => make(at));
const SMALL = 12 * 1024;

/** Formats that read nothing large here. */
function smallOnly(formats: Required<SchemaFormats>): SchemaFormats {
  const refusing = (format: SchemaFormat): SchemaFormat => {
    const check = (source: SchemaSource): SchemaSource => {
      assert.ok(source.schema.length + source.resolved.reduce((sum, { schema }) => sum + schema.length, 0) <= SMALL, "read on the loop");
      return source;
    };
    return { type: format.type, parse: (source) => format.parse(check(source)) };
  };
  return Object.fromEntries(Object.entries(formats).map(([type, format]) => [type, refusing(format)]));
}

interface Asked {
  readonly answers: readonly string[];
}

/** Every path on which a schema comes, asked in one order; ids and GUIDs in the answers are equal where the registry is. */
async function allPaths(registry: Registry): Promise<Asked> {
  const api = registryApi({ registry });
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const response = await api.request(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    answers.push(`${method} ${path} ${response.status} ${await response.text()}`);
  };
  const versions: Readonly<Record<SchemaType, readonly [string, string, string]>> = {
    AVRO: [
      JSON.stringify({ type: "record", name: "R", fields: many(1_000, (at) => ({ name: `f${at}`, type: "string" })) }),
      JSON.stringify({ type: "record", name: "R", fields: many(1_001, (at) => ({ name: `f${at}`, type: at < 3 ? "int" : "string" })) }),
      `{"type":"record","name":"R","fields":[{"name":"a","type":"nope"}${" ".repeat(SMALL)}]}`,
    ],
    JSON: [
      JSON.stringify({ type: "object", properties: Object.fromEntries(many(1_000, (at) => [`p${at}`, { type: "string" }])) }),
      JSON.stringify({ type: "object", properties: Object.fromEntries(many(1_001, (at) => [`p${at}`, { type: "integer" }])) }),
      `{"type":"nope"${" ".repeat(SMALL)}}`,
    ],
    PROTOBUF: [
      `syntax = "proto3"; message M { ${many(900, (at) => `string f${at} = ${at + 1};`).join(" ")} }`,
      `syntax = "proto3"; message M { ${many(900, (at) => `int32 f${at} = ${at + 1};`).join(" ")} }`,
      `syntax = "proto3"; message M { nope a = 1; ${" ".repeat(SMALL)} }`,
    ],
  };
  for (const [schemaType, [first, second, broken]] of Object.entries(versions)) {
    const subject = `/subjects/${schemaType}`;
    for (const schema of [first, second, broken]) {
      await ask("POST", `${subject}/versions`, { schemaType, schema });
      await ask("POST", subject, { schemaType, schema });
      await ask("POST", `/compatibility${subject}/versions?verbose=true`, { schemaType, schema });
      await ask("POST", `/compatibility${subject}/versions/1?verbose=true`, { schemaType, schema });
      await ask("POST", `/subjects/n-${schemaType}/versions?normalize=true`, { schemaType, schema });
    }
    // A short one beside a long one.
    const short = { AVRO: '"int"', JSON: '{"type":"object"}', PROTOBUF: 'syntax = "proto3"; message M { int32 f1 = 2; }' }[schemaType];
    await ask("POST", `/compatibility${subject}/versions?verbose=true`, { schemaType, schema: short });
    await ask("PUT", `/config/${schemaType}`, { compatibility: "NONE" });
    await ask("POST", `${subject}/versions`, { schemaType, schema: short });
    await ask("PUT", `/config/${schemaType}`, { compatibility: "FULL_TRANSITIVE" });
    await ask("POST", `/compatibility${subject}/versions?verbose=true`, { schemaType, schema: second });
    for (const format of ["resolved", "serialized", "ignore_extensions"]) await ask("GET", `${subject}/versions/1?format=${format}`);
    await ask("GET", `/schemas/ids/1?format=serialized`);
    await ask("PUT", `/mode/i-${schemaType}`, { mode: "IMPORT" });
    await ask("POST", `/subjects/i-${schemaType}/versions`, { schemaType, schema: second, id: 5_000 + schemaType.length, version: 7 });
  }
  // A short text over a long one.
  await ask("POST", "/subjects/over/versions", {
    schema: '{"type":"record","name":"Over","fields":[{"name":"r","type":"R"}]}',
    references: [{ name: "R", subject: "AVRO", version: 1 }],
  });
  const tags = { tagsToAdd: [{ schemaEntity: { entityType: "sr_field", entityPath: "R.f1" }, tags: ["PII"] }] };
  await ask("PUT", "/config/AVRO", { compatibility: "BACKWARD" });
  await ask("POST", "/subjects/AVRO/versions/1/tags", tags);
  await registry.stop();
  return { answers };
}

test("large schemas are read and compared on a thread of their own, on every path, and answered as they would be here", async () => {
  const formats = await loadFormats();
  const here = await allPaths(await Registry.start({ log: new MemoryLog(), formats }));
  const there = await allPaths(await Registry.start({ log: new MemoryLog(), formats: smallOnly(formats), offLoop: judge }));
  const withoutTimes = ({ answers }: Asked): readonly string[] => answers.map((answer) => answer.replaceAll(/"ts":\d+/g, '"ts":0'));
  assert.deepEqual(withoutTimes(there), withoutTimes(here));
  const statuses = new Set(here.answers.map((answer) => answer.split(" ")[2]));
  assert.deepEqual(statuses, new Set(["200", "409", "422", "404"]));
});

const int = { schemaType: "AVRO", source: { schema: '"int"', resolved: [] } } as const;

test("what takes too long or too much memory, or breaks the thread, is refused, and the next is judged by a new one", async () => {
  const bad = ["setInterval(() => {}, 1000)", "const all = []; for (;;) all.push(new Array(1e5).fill({}))", "throw new Error('broken')"];
  const messages: string[] = [];
  let made = 0;
  // Time passes for the first alone: on a busy machine a new thread may take long to begin.
  const clock = new SimulatedClock();
  // Threads of the judge hold no process.
  const holding = setInterval(() => {}, 60_000);
  const judged = new SchemaJudge({
    callMs: 2_000,
    clock,
    makeThread() {
      const code = bad[made++];
      return code === undefined ? new Worker(entry) : new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    },
  });
  for (let at = 0; at < bad.length; at++) {
    const read = judged.read(int);
    if (at === 0) clock.advance(2_000);
    await read.catch((error: { code: string; message: string }) => messages.push(`${error.code} ${error.message}`));
  }
  assert.deepEqual(messages, [
    "REGISTRY_SCHEMA_TOO_LARGE The schema cannot be read and compared within 2 s; make it smaller.",
    "REGISTRY_SCHEMA_TOO_LARGE The schema cannot be read and compared within its memory; make it smaller.",
    "REGISTRY_STORE_FAILED The schema could not be judged: broken.",
  ]);
  assert.deepEqual(await judged.read(int), { canonical: '"int"', normalized: '"int"' });
  judged.close();
  clearInterval(holding);
  await assert.rejects(judged.read(int), { code: "REGISTRY_BUSY" });
});

test("a thousand calls wait; who comes then is sent away at once", async () => {
  const silent = new SchemaJudge({ makeThread: () => new Worker("setInterval(() => {}, 1000)", { eval: true }) });
  const waiting = Promise.allSettled(many(1_001, () => silent.read(int)));
  await assert.rejects(silent.read(int), { code: "REGISTRY_BUSY", message: /More than 1000/ });
  silent.close();
  await waiting;
});

test("calls that wait are answered in turn, and refused when the judge ends", async () => {
  const ended = new SchemaJudge({ makeThread: () => new Worker(entry) });
  const calls = [
    ended.read(int),
    ended.compare(int, { ...int, source: { schema: '"string"', resolved: [] } }, "STRICT"),
    ended.inFormat(int, "resolved"),
  ];
  const [, found, format] = (await Promise.all(calls)) as [unknown, readonly { kind: string }[], string];
  assert.deepEqual([found.map(({ kind }) => kind), format], [["TYPE_MISMATCH"], '"int"']);
  const waiting = Promise.allSettled([ended.read(int), ended.read(int)]);
  ended.close();
  for (const each of await waiting) assert.equal(each.status === "rejected" && (each.reason as { code: string }).code, "REGISTRY_BUSY");
});
