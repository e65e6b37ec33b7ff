import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter } from "@ottla/base";
import fc from "fast-check";
import { loadSubjects } from "./spec-files.ts";
import { arbitraryMessage } from "./spec-values.ts";

const numRuns = 12;

describe("every message survives writing and reading in every version, unknown tagged fields included", async () => {
  for (const subject of await loadSubjects()) {
    it(`${subject.name} ${subject.minVersion}-${subject.maxVersion}`, () => {
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        fc.assert(
          fc.property(arbitraryMessage(subject, version), (message) => {
            const writer = new ByteWriter();
            subject.write(writer, message, version);
            const reader = new ByteReader(writer.toBuffer());
            assert.deepStrictEqual(subject.read(reader, version), message, `version ${version}`);
            assert.equal(reader.remaining, 0, `version ${version} leaves bytes`);
          }),
          { numRuns },
        );
      }
    });
  }
});
