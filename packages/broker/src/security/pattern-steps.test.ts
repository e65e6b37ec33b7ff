import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf, testSeed } from "@ottla/base/simulated";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { compilePattern, loadPatterns } from "./linear-pattern.ts";
import { roughSteps } from "./pattern-steps.ts";

const LIMIT = 2500;

const atom = fc.constantFrom(
  "a",
  ".",
  "\\d",
  "\\pL",
  "\\p{Greek}",
  "\\x41",
  "\\x{263a}",
  "\\.",
  "[a-z]",
  "[]a{9}]",
  "[^]x]",
  "[[:alpha:]_{3}]",
  "[\\]a]",
  "\\Qa{9}b\\E",
  "\\Q\\E",
  "(?i)",
  "{",
  "a{,3}",
  "€",
);
const repeat = fc.oneof(
  fc.constantFrom("", "", "", "*", "+", "?", "*?"),
  fc.tuple(fc.nat({ max: 9 }), fc.constantFrom("", ",", ",9", ",12")).map(([least, rest]) => `{${least}${rest}}`),
);
const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.array(tie("piece"), { maxLength: 6 }).map((pieces) => pieces.join("")),
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, repeat).map(([each, times]) => each + times),
    fc
      .tuple(fc.constantFrom("(", "(?:", "(?i:", "(?P<n>"), tie("pattern"), fc.constantFrom("", "|b", "|"), repeat)
      .map(([begin, inner, other, times]) => `${begin}${inner}${other})${times}`),
  ),
}));

describe("the rough number of steps of a pattern", () => {
  it("is never much less than what the library makes of it", () => {
    let compared = 0;
    fc.assert(
      fc.property(pattern, (text) => {
        let size: number;
        try {
          size = RE2JS.compile(text).programSize();
        } catch {
          return;
        }
        compared++;
        const rough = roughSteps(text, Infinity);
        assert.ok(size <= 3 * rough + 4, `${text}: ${size} steps, and ${rough} were foreseen`);
      }),
      { numRuns: runsOf({ quick: 300, long: 20_000 }), seed: testSeed() },
    );
    assert.ok(compared > 50, `${compared} patterns were compared`);
  });

  it("is small for patterns as people write them, and for the longest without a repeat", () => {
    for (const text of [
      "orders-.*",
      "(eu|us)-[a-z]{2,8}\\.v\\d+",
      "[a-z]{200}",
      "(?:abc|abd){20}",
      "(a)".repeat(333),
      "a|".repeat(499),
      "{".repeat(1000),
    ])
      assert.ok(roughSteps(text, LIMIT) <= LIMIT, text);
  });

  it("is more than is allowed for a few letters that ask for many, wherever they stand", async () => {
    await loadPatterns();
    const greedy = [
      "x{1000}".repeat(142),
      "x{0,1000}".repeat(110),
      "x{900,}".repeat(6),
      `(?:${"\\pL".repeat(300)}){500}`,
      `[]${"a"}]${"x{1000}".repeat(100)}`,
      `[\\]${"a"}]${"x{1000}".repeat(100)}`,
      `[[:alpha:]]${"x{1000}".repeat(100)}`,
      `\\Q[\\E${"x{1000}".repeat(100)}`,
      `(?P<n>${"x{1000}".repeat(100)})`,
      "((x{30}){30}){30}",
    ];
    for (const text of greedy) {
      assert.ok(roughSteps(text, LIMIT) > LIMIT, text.slice(0, 30));
      assert.equal(compilePattern(text), "it takes more than 500 steps");
    }
  });
});
