import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ruleReference, ruleReferenceFile } from "./rule-reference.ts";

test("docs/rules.md says what the rules say", () => {
  assert.equal(readFileSync(ruleReferenceFile, "utf8"), ruleReference());
});
