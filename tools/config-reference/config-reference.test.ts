import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configReference, configReferenceFile } from "./config-reference.ts";

test("docs/configuration.md says what the broker's tables say", () => {
  assert.equal(readFileSync(configReferenceFile, "utf8"), configReference());
});
