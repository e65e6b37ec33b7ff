import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { sameValue } from "../../data/same-schema.ts";
import { RandomData } from "../testing/random-data.ts";
import { compileJsonReader } from "./compile-json-reader.ts";
import { unexpected } from "./json-cursor.ts";
import { jsonReader } from "./json-reader.ts";
import { compileJsonWriter, jsonWriter } from "./json-writer.ts";
import { QuickJson, QuickShape } from "./quick-json.ts";
import { readJson } from "./read-json.ts";

const SEED = testSeed();

/** What somebody else might have written: cut off, a character more, less or another one. */
function damaged(text: string, random: SeededRandom): string {
  const at = random.nextInt(text.length + 1);
  const insert = random.pick(["", " ", "0", "-", "1e5", ".", '"', "\\", "{", "]", ",", "null", "\u0000", "9007199254740993"]);
  return text.slice(0, at) + insert + text.slice(at + random.nextInt(3));
}

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return "refused";
  }
}

function hold(quick: unknown, slow: () => unknown, text: string, at: string): void {
  if (quick === unexpected) return;
  const expected = outcome(slow);
  assert.notEqual(expected, "refused", `${at}: the quick way took ${text}`);
  assert.ok(sameValue(quick, (expected as { readonly value: unknown }).value), `${at}: the quick way read ${text} otherwise`);
}

test("what the quick way takes it reads as the slow one does, and what is damaged it takes for nothing else", () => {
  let taken = 0;
  for (let run = 0; run < 300; run++) {
    const random = new SeededRandom(SEED + run);
    const data = new RandomData(random);
    const schema = data.schema();
    const decimals = random.pick(["BASE64", "NUMERIC"] as const);
    const write = jsonWriter(schema, { decimals, replaceNullWithDefault: true });
    const quick = new QuickJson(compileJsonReader(schema, true));
    const slow = jsonReader(schema, true);
    for (let record = 0; record < 4; record++) {
      let text: string;
      try {
        text = write(data.value(schema));
      } catch {
        continue;
      }
      const at = `OTTLA_TEST_SEED=${SEED + run}`;
      const read = quick.read(text);
      if (read !== unexpected) taken++;
      hold(read, () => slow(readJson(text, "all")), text, at);
      const other = damaged(text, random);
      hold(quick.read(other), () => slow(readJson(other, "all")), other, at);
    }
  }
  assert.ok(taken > 200, `${taken} texts were taken`);
});

test("a record without a schema is read as the one before it was, or as any", () => {
  let taken = 0;
  for (let run = 0; run < 300; run++) {
    const random = new SeededRandom(SEED + run);
    const data = new RandomData(random);
    const schema = data.struct(2);
    const write = jsonWriter(schema, { decimals: "NUMERIC", replaceNullWithDefault: true });
    const shape = new QuickShape();
    for (let record = 0; record < 4; record++) {
      const text = write(data.value(schema));
      const at = `OTTLA_TEST_SEED=${SEED + run}`;
      const read = shape.read(text);
      if (read === unexpected) shape.learn(readJson(text));
      else taken++;
      hold(read, () => readJson(text), text, at);
      const other = damaged(text, random);
      hold(shape.read(other), () => readJson(other), other, at);
    }
  }
  assert.ok(taken > 200, `${taken} texts were taken`);
});

test("a struct of more fields than stand in one function of code is written the same", () => {
  const random = new SeededRandom(SEED);
  const data = new RandomData(random);
  const schema = data.struct(1);
  const many = {
    ...schema,
    fields: Array.from({ length: 1001 }, (_, index) => ({ name: `f${index}`, schema: schema.fields![0]?.schema ?? schema })),
  };
  const value = Object.fromEntries(many.fields.map(({ name, schema: own }) => [name, data.present(own)]));
  const form = { decimals: "BASE64", replaceNullWithDefault: false } as const;
  const one = jsonWriter({ ...many, fields: many.fields.slice(0, 1000) }, form)(value);
  const all = jsonWriter(many, form)(value);
  assert.equal(all.slice(0, one.length - 1), one.slice(0, -1));
  assert.equal(compileJsonReader(many, false), undefined);
  assert.ok(sameValue(jsonReader(many, false)(readJson(all, "all")), value));
  assert.notEqual(compileJsonWriter(many, form), undefined);
});
