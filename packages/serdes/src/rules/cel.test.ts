import assert from "node:assert/strict";
import { test } from "node:test";
import { compileCel } from "./cel.ts";

const list = Array.from({ length: 990 }, (_, index) => BigInt(index));
const wide = Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`k${index}`, "x"]));
const times = (part: string, count: number, between: string): string => Array.from({ length: count }, () => part).join(between);

/** Each took 45 ms to 12 s of CPU when nothing counted. */
const hostile: readonly (readonly [expression: string, value: unknown])[] = [
  ["message.all(a, a in message)", list],
  [`message.all(a, ${times("a in message", 60, " && ")})`, list],
  ["message.all(a, message == message)", list],
  [times("message.all(a, a != 5.5)", 40, " && "), list],
  ["message.map(a, message)", list],
  [`(${times("message", 100, "+")}).all(a, a < 5000)`, list],
  [`message.all(a, [${times("a", 200, ",")}].size() > 0)`, list],
  [times("message == message", 100, " && "), { ...wide }],
  ["message.matches('^(a+)+$')", `${"a".repeat(1_000_000)}!`],
  [times("!message.matches('^(a+)+$')", 20, " && "), `${"a".repeat(10_000)}!`],
  ["!message.matches('((a?){30}){30}b')", "a".repeat(600)],
  ["message.t.all(a, !message.p.matches('(a?){100}b'))", { t: list, p: "a".repeat(200) }],
  [times("size(message) > 1", 30, " && "), "a".repeat(100_000)],
  // These took up to a second when they were counted by the lengths of their texts alone.
  [times("message.s.contains(message.t)", 40, " || "), { s: "a".repeat(20_000), t: `${"a".repeat(5_000)}b${"a".repeat(5_000)}` }],
  ["message.all(a, a.matches(a + '\\\\p{L}'))", Array.from({ length: 990 }, (_, index) => `${index}|`)],
  ["message.all(a, timestamp(a).getFullYear('Europe/Berlin') > 1)", Array.from({ length: 900 }, () => "2020-01-01T00:00:00Z")],
  [times("message", 250, "+"), "a".repeat(100_000)],
];

// A test for each: what is counted is the same however busy the machine is, and none takes more than a fraction of a second of it.
for (const [at, [expression, value]] of hostile.entries()) {
  test(`what an evaluation costs is counted while it runs, and ends at its bound (${at}: ${expression.slice(0, 40)})`, () => {
    const evaluate = compileCel(expression);
    assert.throws(() => evaluate({ message: value }), /costs more than an expression may|more than 10000 parts/);
    // The next one has the whole bound again.
    assert.equal(compileCel("message.size() == 990")({ message: list }), true);
  });
}

test("dense expressions are refused before they are parsed", () => {
  for (const dense of [`a${".b".repeat(2_000)}`, `1${"+1".repeat(2_000)}`, `[${"a,".repeat(2_000)}a]`])
    assert.throws(() => compileCel(dense), /words and signs/);
});

test("what contracts ask for is far within the bound", () => {
  const lines = Array.from({ length: 240 }, () => ({ price: 1.5, quantity: 2n, sku: "abc" }));
  const order = "message.lines.all(l, l.price > 0.0 && l.quantity in [1, 2, 3] && l.sku.matches('^[a-z]+$'))";
  assert.equal(compileCel(order)({ message: { lines } }), true);
  assert.equal(compileCel("message.id.matches('^[0-9]{3}-[0-9]{2}$')")({ message: { id: "123-45", text: "x".repeat(1_000_000) } }), true);
  assert.equal(compileCel("message.all(a, a < 5000)")({ message: list }), true);
  assert.equal(compileCel("500 in message")({ message: list }), true);
  assert.equal(compileCel("message == message")({ message: wide }), true);
  assert.deepEqual(compileCel("message.map(a, a + 1)")({ message: list.slice(0, 300) }), list.slice(1, 301));
});

test("expressions that are asked for one value's fields share one bound", () => {
  const evaluate = compileCel("message.f.size() == 900 && value == 'x'");
  const message = { f: list.slice(0, 900) };
  let asked = 0;
  assert.throws(() => {
    for (; asked < 10_000; asked++) evaluate({ message, value: "x" }, asked === 0 ? "of its own" : "with the last one's");
  }, /costs more/);
  assert.ok(asked > 1_000 && asked < 3_000, String(asked));
});

test("a pattern costs its making for each value, also when it is there from another one", () => {
  const evaluate = compileCel(["a", "b", "c", "d"].map((end) => String.raw`message.matches('(?i)\\p{L}|' + '${end}')`).join(" && "));
  for (let time = 0; time < 3; time++) assert.throws(() => evaluate({ message: "x" }), /costs more than an expression may/);
});
