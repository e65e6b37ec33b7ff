import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { compareAnswers } from "../src/streams/compare-answers.ts";
import { describeMismatch } from "../src/streams/describe-mismatch.ts";
import { keptCases } from "../src/streams/kept-cases.ts";
import { runCase } from "../src/streams/ours/run-case.ts";

describe("kept cases: what Java's TopologyTestDriver wrote, byte for byte", () => {
  for (const { name, kept } of keptCases()) {
    it(name, () => {
      assert.ok(kept.expected, "the case has no answer of Java's: record it");
      assert.equal(compareAnswers(kept.expected, kept.expected), undefined, "Java's answer is not taken for the same as itself");
      const actual = runCase(kept);
      if (kept.known !== undefined)
        assert.ok(compareAnswers(kept.expected, actual), `the difference "${kept.known}" is gone: take it from the case and from the list`);
      const expected = kept.known === undefined ? kept.expected : kept.avoided;
      assert.ok(expected, "Java's answer where its fault cannot show is missing: record it");
      const mismatch = compareAnswers(expected, actual);
      assert.ok(mismatch === undefined, mismatch && describeMismatch(name, kept, mismatch));
    });
  }
});
