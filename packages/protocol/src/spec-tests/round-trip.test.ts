import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter } from "@ottla/base";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { loadSubjects, type Subject, type Values } from "./spec-files.ts";
import { arbitraryMessage } from "./spec-values.ts";

const numRuns = runsOf({ quick: 6, long: 50 });

describe("every message survives writing and reading in every version, unknown tagged fields included", async () => {
  for (const subject of await loadSubjects()) {
    it(`${subject.name} ${subject.minVersion}-${subject.maxVersion}`, () => {
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        fc.assert(
          fc.property(arbitraryMessage(subject, version), (message) => {
            const writer = new ByteWriter();
            subject.write(writer, message, version);
            if (subject.writeInSteps)
              assert.ok(inSteps(subject, message, version).equals(writer.toBuffer()), `version ${version} in steps`);
            if (subject.readInSteps) {
              const stepped = new ByteReader(writer.toBuffer());
              assert.deepStrictEqual(readInSteps(subject, stepped, version), message, `version ${version} read in steps`);
              assert.equal(stepped.remaining, 0, `version ${version} leaves bytes when read in steps`);
            }
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

function inSteps(subject: Subject, message: Values, version: number): Buffer {
  const writer = new ByteWriter();
  const steps = subject.writeInSteps!(writer, message, version);
  while (!steps.next().done);
  return writer.toBuffer();
}

function readInSteps(subject: Subject, reader: ByteReader, version: number): Values {
  const steps = subject.readInSteps!(reader, version);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
