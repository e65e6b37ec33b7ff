import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { authorizationReference, authorizationReferenceFile } from "./authorization-reference.ts";

test("docs/authorization.md says what the handlers declare", () => {
  assert.equal(readFileSync(authorizationReferenceFile, "utf8"), authorizationReference());
});
