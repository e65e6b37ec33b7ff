import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RegistryRecords } from "./registry-records.ts";

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const version = (
  subject: string,
  number: number,
  timestampMs: number,
  value: unknown = { subject, version: number, schema: '"string"', deleted: false },
) => ({
  key: bytes({ keytype: "SCHEMA", subject, version: number, magic: 1 }),
  value: value === null ? null : bytes(value),
  timestampMs,
});
const level = (subject: string | null, value: unknown) => ({
  key: bytes({ keytype: "CONFIG", subject, magic: 0 }),
  value: value === null ? null : bytes(value),
  timestampMs: 0,
});

function after(...records: readonly Parameters<RegistryRecords["take"]>[0][]) {
  const registry = new RegistryRecords();
  for (const record of records) registry.take(record);
  return registry.snapshot("_schemas", 7);
}

test("levels, and when versions were registered, are read from a registry's topic", () => {
  const found = after(
    level(null, { compatibilityLevel: "FULL" }),
    level("b-value", { compatibilityLevel: "none" }),
    version("b-value", 1, 10),
    version("a-value", 2, 30),
    version("a-value", 1, 20),
    // Tags and rules are added later: the version is as old as before.
    version("a-value", 1, 90),
    version(":.dev:a-value", 1, 40),
    level(":.dev:", { compatibilityLevel: "FORWARD" }),
  );
  assert.deepEqual(found, {
    topic: "_schemas",
    endOffset: 7,
    level: "FULL",
    subjects: [
      { subject: ":.dev:a-value", level: "FORWARD", isOwnLevel: false, versions: [{ version: 1, registeredAtMs: 40 }] },
      {
        subject: "a-value",
        level: "FULL",
        isOwnLevel: false,
        versions: [
          { version: 1, registeredAtMs: 20 },
          { version: 2, registeredAtMs: 30 },
        ],
      },
      { subject: "b-value", level: "NONE", isOwnLevel: true, versions: [{ version: 1, registeredAtMs: 10 }] },
    ],
  });
});

test("what was deleted, softly or for good, is not there, and a level that was taken back is the default again", () => {
  const found = after(
    version("soft-value", 1, 1),
    version("soft-value", 2, 2),
    version("soft-value", 1, 3, { subject: "soft-value", version: 1, schema: '{"doc":"\\"deleted\\":true,"}', deleted: true }),
    version("hard-value", 1, 1),
    version("hard-value", 1, 2, null),
    version("whole-value", 1, 1),
    version("whole-value", 2, 1),
    version("whole-value", 3, 2),
    {
      key: bytes({ keytype: "DELETE_SUBJECT", subject: "whole-value", magic: 0 }),
      value: bytes({ subject: "whole-value", version: 2 }),
      timestampMs: 3,
    },
    version("cleared-value", 1, 1),
    {
      key: bytes({ keytype: "CLEAR_SUBJECT", subject: "cleared-value", magic: 0 }),
      value: bytes({ subject: "cleared-value" }),
      timestampMs: 3,
    },
    level("soft-value", { compatibilityLevel: "NONE" }),
    level("soft-value", null),
  );
  assert.deepEqual(
    found.subjects.map(({ subject, level: of, versions }) => [subject, of, versions.map((each) => each.version)]),
    [
      ["soft-value", "BACKWARD", [2]],
      ["whole-value", "BACKWARD", [3]],
    ],
  );
});

test("a long schema counts as deleted by its end, never by what stands in its text", () => {
  const long = "x".repeat(2000);
  const found = after(
    version("a-value", 1, 1, `{"subject":"a-value","version":1,"schema":"${long}\\"deleted\\":true,${long}","deleted":false}`),
    version("b-value", 1, 1, `{"subject":"b-value","version":1,"schema":"${long}","deleted":true}`),
  );
  assert.deepEqual(
    found.subjects.map(({ subject }) => subject),
    ["a-value"],
  );
});

test("whatever stands in the topic, and by whatever names, nothing breaks", () => {
  const odd = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json({ maxDepth: 3 }).map((text) => bytes(text)),
    fc
      .record({
        keytype: fc.constantFrom("SCHEMA", "CONFIG", "DELETE_SUBJECT", "CLEAR_SUBJECT", "NOOP", "x"),
        subject: fc.oneof(fc.constantFrom("__proto__", "constructor", "", "a-value"), fc.anything()),
        version: fc.oneof(fc.integer(), fc.constantFrom("1", null, 1.5)),
      })
      .map((key) => bytes(JSON.stringify(key, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)) ?? "")),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(odd, fc.option(odd)), { maxLength: 20 }), (records) => {
      const { subjects } = after(...records.map(([key, value], i) => ({ key, value, timestampMs: i })));
      for (const { subject, level: of, versions } of subjects) {
        assert.equal(typeof subject, "string");
        assert.equal(typeof of, "string");
        assert.ok(versions.length > 0);
      }
    }),
    { numRuns: 300 },
  );
});
