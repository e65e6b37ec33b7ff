import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAvroSource } from "../formats/avro/avro-format.ts";
import type { ParsedSchema } from "../formats/schema-format.ts";
import { checkCompatibility, type ExistingVersion, verdictMessages } from "./check-compatibility.ts";
import { compatibilityLevels, parseCompatibilityLevel } from "./compatibility-level.ts";

const withFields = (...fields: readonly string[]): ParsedSchema =>
  parseAvroSource({ schema: JSON.stringify({ type: "record", name: "R", fields: fields.map((name) => fieldOf(name)) }), resolved: [] });
/** "a" has no default, "a?" has one. */
const fieldOf = (name: string): object => ({ name: name.replace("?", ""), type: "int", ...(name.endsWith("?") && { default: 0 }) });
const versions = (...schemas: readonly ParsedSchema[]): readonly ExistingVersion[] =>
  schemas.map((schema, index) => ({ version: index + 1, schema }));

test("each level asks its directions of the latest or of all versions", () => {
  // Of the new schema "a b": it reads version 2 and not version 1; version 2 reads it and version 1 does too.
  const existing = versions(withFields("a"), withFields("a", "b?"));
  const passing = compatibilityLevels.filter((level) => checkCompatibility(withFields("a", "b"), existing, level).isCompatible);
  assert.deepEqual(passing, ["NONE", "BACKWARD", "FORWARD", "FORWARD_TRANSITIVE", "FULL"]);
});

test("what does not pass says with which versions, in which direction, and under what it would pass", () => {
  const existing = versions(withFields("a"), withFields("a", "b?"));
  const verdict = checkCompatibility(withFields("a", "b"), existing, "FULL_TRANSITIVE");
  assert.deepEqual(
    verdict.incompatibilities.map(({ version, direction, differences }) => [version, direction, differences.map(({ path }) => path)]),
    [[1, "backward", ["/fields/1"]]],
  );
  assert.deepEqual(verdict.passesUnder, ["NONE", "BACKWARD", "FORWARD", "FORWARD_TRANSITIVE", "FULL"]);
});

test("the latest version that does not fit is told first", () => {
  const verdict = checkCompatibility(withFields("x"), versions(withFields("a"), withFields("b")), "BACKWARD_TRANSITIVE");
  assert.deepEqual(
    verdict.incompatibilities.map(({ version }) => version),
    [2, 1],
  );
});

test("a first version fits, and NONE takes anything", () => {
  for (const level of compatibilityLevels) assert.ok(checkCompatibility(withFields("a"), [], level).isCompatible);
  assert.ok(checkCompatibility(withFields("b"), versions(withFields("a")), "NONE").isCompatible);
});

test("a subject keeps its format", () => {
  const other: ParsedSchema = { type: "JSON", canonical: "{}", normalized: "{}", problemsReading: () => [] };
  const { incompatibilities, passesUnder } = checkCompatibility(withFields("a"), versions(other), "FORWARD");
  assert.deepEqual(
    incompatibilities.map(({ differences }) => differences.map(({ kind }) => kind)),
    [["SCHEMA_TYPE_CHANGED"]],
  );
  assert.deepEqual(passesUnder, ["NONE"]);
});

test("versions that do not fit are listed up to a bound", () => {
  const many = versions(...Array.from({ length: 50 }, () => withFields("a")));
  assert.equal(checkCompatibility(withFields("b"), many, "BACKWARD_TRANSITIVE").incompatibilities.length, 10);
});

test("a verdict in the lines that clients print", () => {
  const verdict = checkCompatibility(withFields("a", "b"), versions(withFields("a")), "BACKWARD");
  assert.deepEqual(
    verdictMessages(verdict, (version) => `text of ${version}`),
    [
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field \"b\" has no default, and the data of record R does not have it; give it a default.', additionalInfo:'/fields/1'}",
      "{oldSchemaVersion: 1}",
      "{oldSchema: 'text of 1'}",
      "{compatibility: 'BACKWARD'}",
      "{passesUnder: 'NONE, FORWARD, FORWARD_TRANSITIVE'}",
    ],
  );
  assert.deepEqual(
    verdictMessages(checkCompatibility(withFields("a"), [], "FULL"), () => ""),
    [],
  );
});

test("levels are read in any case of letters", () => {
  assert.equal(parseCompatibilityLevel("full_Transitive"), "FULL_TRANSITIVE");
  assert.equal(parseCompatibilityLevel("SIDEWAYS"), undefined);
});
