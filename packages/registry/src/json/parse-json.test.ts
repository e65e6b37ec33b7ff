import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { isJsonObject, JsonNumber, type JsonValue, jsonEquals, printJson } from "./json-value.ts";
import { JsonSyntaxError, MAX_JSON_DEPTH, parseJson } from "./parse-json.ts";

const SEED = 1711;

test("what JSON.parse loses is kept: the order of keys, the text of numbers, a key named __proto__", () => {
  const text = '{"b":1,"2":9223372036854775807,"1":1.50,"__proto__":{"x":-0},"a":[1e400,null,true,false,"é\\u2028"]}';
  assert.equal(printJson(parseJson(` ${text}\n`)), text.replace("\\u2028", "\u2028"));
});

test("keys are sorted on demand, in objects inside as well", () => {
  assert.equal(printJson(parseJson('{"b":[{"d":1,"c":2}],"a":{}}'), { sortKeys: true }), '{"a":{},"b":[{"c":2,"d":1}]}');
});

test("values that JSON.parse takes are read alike", () => {
  const random = new SeededRandom(SEED);
  const make = (depth: number): unknown => {
    const kind = random.nextInt(depth > 0 ? 6 : 4);
    if (kind === 0) return random.pick([null, true, false]);
    if (kind === 1) return random.nextInt(1000) / 8 - 60;
    if (kind < 4) return random.pick(["", 'q"\\', "\u0000\n\t", "ü😀", "\ud800"]);
    const parts = Array.from({ length: random.nextInt(4) }, () => make(depth - 1));
    return kind === 4 ? parts : Object.fromEntries(parts.map((part, index) => [`k${index}`, part]));
  };
  for (let run = 0; run < 300; run++) {
    const value = make(4);
    const [tight, wide] = [JSON.stringify(value), JSON.stringify(value, undefined, 2)];
    assert.equal(printJson(parseJson(wide)), tight, `seed ${SEED}, run ${run}`);
    assert.deepEqual(plain(parseJson(tight)), value, `seed ${SEED}, run ${run}`);
  }
});

test("what is no JSON is refused with its place", () => {
  const bad: [string, string][] = [
    ["", "the text ends too early at line 1, column 1"],
    ["{\n  'a': 1}", "a key in double quotes is missing at line 2, column 3"],
    ['{"a" 1}', '":" is missing at line 1, column 6'],
    ['{"a":1,}', "a key in double quotes is missing at line 1, column 8"],
    ["[1,]", "no JSON value at line 1, column 4"],
    ["[1 2]", '"," or "]" is missing at line 1, column 4'],
    ['{"a":1', '"," or "}" is missing at line 1, column 7'],
    ["01", "something comes after the value at line 1, column 2"],
    ['"a', "a string that does not end at line 1, column 3"],
    ['"a\nb"', "a control character inside of a string at line 1, column 3"],
    ['"\\x"', "an unknown escape at line 1, column 2"],
    ['"\\u12g4"', "a \\u without four hexadecimal digits at line 1, column 2"],
    ["NaN", "no JSON value at line 1, column 1"],
    ["1 1", "something comes after the value at line 1, column 3"],
    ["//", "no JSON value at line 1, column 1"],
  ];
  for (const [text, message] of bad) assert.throws(() => parseJson(text), { name: "JsonSyntaxError", message }, text);
});

test("as deep as is allowed, and not one deeper; a million deep ends at once", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  assert.equal(printJson(parseJson(nested(MAX_JSON_DEPTH))), nested(MAX_JSON_DEPTH));
  for (const depth of [MAX_JSON_DEPTH + 1, 1_000_000]) assert.throws(() => parseJson(nested(depth)), JsonSyntaxError);
});

test("values are equal by what they say", () => {
  const equal = (left: string, right: string): boolean => jsonEquals(parseJson(left), parseJson(right));
  assert.ok(equal('{"a":1,"b":[1.0,"x"]}', '{"b":[1,"x"],"a":1e0}'));
  for (const other of ['{"a":1}', '{"a":1,"b":[1]}', '{"a":1,"c":[1,"x"]}', '{"a":1,"b":["x",1]}', "[]", "null"]) {
    assert.ok(!equal('{"a":1,"b":[1,"x"]}', other), other);
  }
  assert.ok(!equal("9223372036854775807", "9223372036854775806"));
});

function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return value.value;
  if (Array.isArray(value)) return value.map((each: JsonValue) => plain(each));
  return isJsonObject(value) ? Object.fromEntries([...value].map(([key, each]) => [key, plain(each)])) : value;
}
