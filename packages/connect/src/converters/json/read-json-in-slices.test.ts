import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import { systemClock } from "@ottla/base/node";
import { readJson } from "./read-json.ts";
import { readJsonInSlices } from "./read-json-in-slices.ts";

/** A generator of numbers below one, from a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomJson(random: () => number, size: number): string {
  if (size < 2) return "1";
  const blank = (): string => (random() < 0.1 ? " \n\t"[Math.floor(random() * 3)]! : "");
  const kind = size > 2_000 ? 0.5 + random() / 2 : random();
  if (kind < 0.1) return "null";
  if (kind < 0.2) return String(Math.floor(random() * 1e6));
  if (kind < 0.25) return "12345678901234567890";
  if (kind < 0.5) return JSON.stringify('a"\\,]}[{\u{1f388}'.repeat(Math.floor(random() * 8)));
  const count = (size > 2_000 ? 2 : 1) + Math.floor(random() * 12);
  const parts = Array.from({ length: count }, () => `${blank()}${randomJson(random, size / count)}${blank()}`);
  if (kind < 0.75) return `[${parts.join(",")}]`;
  const names = ["a", "b", "__proto__", 'c"]', "constructor", "d\\\\"];
  return `{${parts.map((part, at) => `${blank()}${JSON.stringify(names[Math.floor(random() * names.length)]! + (at % 4))}:${part}`).join(",")}}`;
}

test("a text of any size comes to what it comes to when it is read whole", async () => {
  const seed = testSeed();
  const random = randomOf(seed);
  for (let round = 0; round < 3; round++) {
    const values = Array.from({ length: 40 }, () => randomJson(random, 3_000));
    const texts = [
      `[${values.join(",")}]`,
      `{"first":1,"data":[${values.join(" , ")}],"next":{"x":[${values.join(",")}]}}`,
      `  [[[[${values.join(",")}]]]]  `,
    ];
    for (const text of texts) assert.deepEqual(await readJsonInSlices(text, systemClock), readJson(text), `seed ${seed}, round ${round}`);
  }
});

test("what is no JSON is refused as when it is read whole, wherever the fault is", async () => {
  const good = `[${Array.from({ length: 20_000 }, (_, at) => `{"n":${at}}`).join(",")}]`;
  const large = "x".repeat(70_000);
  for (const bad of [
    good.slice(0, -1),
    `${good}]`,
    `${good.slice(0, -1)},]`,
    good.replace(/^\[/, "[,"),
    good.replace('{"n":9999}', "{n:9999}"),
    good.replace('{"n":9999}', ""),
    good.replace('{"n":9999}', "{]"),
    good.replace('{"n":9999}', '"'),
    `{"a":"${large}",}`,
    `{"a" "${large}"}`,
    `{a:"${large}"}`,
    `{"a":${good},"b"}`,
    `[${good}}`,
    `{${good}]`,
    `[${good} ${good}]`,
    large,
    `"${large}`,
  ])
    await assert.rejects(readJsonInSlices(bad, systemClock), (error: Error) => {
      assert.throws(() => readJson(bad), { message: error.message });
      return true;
    });
  for (const same of [
    `[${good},"${large}",1,${good}]`,
    `{"__proto__":${good},"a":"${large}","a":2}`,
    `"${large}"`,
    `[ ]${" ".repeat(70_000)}`,
  ])
    assert.deepEqual(await readJsonInSlices(same, systemClock), readJson(same));
});

test("others have their turn meanwhile", async () => {
  const text = JSON.stringify({ data: Array.from({ length: 100_000 }, (_, at) => ({ id: at, name: `name ${at}`, tags: ["a", "b"] })) });
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await readJsonInSlices(text, systemClock);
  isOver = true;
  assert.ok(turns >= 4, `${turns} turns in ${text.length} characters`);
});
