import assert from "node:assert/strict";
import { test } from "node:test";
import { readIncompatibility } from "./compatibility-messages.ts";

test("what a registry says against a schema is told in sentences, whatever its form", () => {
  assert.deepEqual(
    readIncompatibility([
      `{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field "sum" has no default, it's new.', additionalInfo:'/fields/1'}`,
      "{oldSchemaVersion: 2}",
      `{oldSchema: '{"type":"int"}'}`,
      "{compatibility: 'BACKWARD'}",
      "{passesUnder: 'NONE, FORWARD'}",
      "Something else is wrong.",
    ]),
    {
      reasons: [`The field "sum" has no default, it's new. (/fields/1)`, "Something else is wrong."],
      version: 2,
      passesUnder: "NONE, FORWARD",
    },
  );
  assert.deepEqual(readIncompatibility([]), { reasons: [], version: null, passesUnder: null });
});
