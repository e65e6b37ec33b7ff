import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { loadSubjects, type Subject, type Values } from "./spec-files.ts";
import { arbitraryMessage } from "./spec-values.ts";

const numRuns = runsOf({ quick: 5, long: 30 });
/** Objects, list elements and raw tagged fields a reader may make of one byte: an element takes at least a byte, and a struct its defaults. */
const nodesPerByteMax = 8;

type Mutation = readonly [kind: "cut" | "set" | "insert" | "copy", at: number, value: number];

const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom("cut", "set", "set", "insert", "copy"),
  fc.nat(),
  fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 })),
);

function mutate(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  let result = Buffer.from(bytes);
  for (const [kind, place, value] of mutations) {
    const at = result.length === 0 ? 0 : place % result.length;
    if (kind === "cut") result = result.subarray(0, at);
    else if (kind === "set" && result.length > 0) result[at] = value;
    else if (kind === "insert") result = Buffer.concat([result.subarray(0, at), Buffer.alloc(1 + (value % 9), value), result.subarray(at)]);
    else if (kind === "copy") result = Buffer.concat([result.subarray(0, at), result.subarray(at >> 1)]);
  }
  return result;
}

/** How many objects and list elements a message is made of. */
function nodeCount(value: unknown): number {
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return 1;
  let count = 1;
  for (const part of Object.values(value)) count += nodeCount(part);
  return count;
}

function encode(subject: Subject, message: Values, version: number): Buffer {
  const writer = new ByteWriter();
  subject.write(writer, message, version);
  return writer.toBuffer();
}

/** Reads what may be garbage: a message, or `undefined` where the bytes were refused by the one error allowed. */
function readGarbage(subject: Subject, bytes: Buffer, version: number): Values | undefined {
  const reader = new ByteReader(bytes);
  // Most of the time would go into the stacks of errors that nobody looks at.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const message = subject.read(reader, version);
    assert.ok(reader.position <= reader.end, "reads past its end");
    return message;
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function fieldsMax(subject: Subject): number {
  return Math.max(subject.fields.length, ...[...subject.structs.values()].map((fields) => fields.length)) + 1;
}

describe("damaged bytes raise nothing but MalformedBytesError, in every message and version", async () => {
  for (const subject of await loadSubjects()) {
    it(`${subject.name} ${subject.minVersion}-${subject.maxVersion}`, () => {
      const nodesMax = fieldsMax(subject) * nodesPerByteMax;
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        fc.assert(
          fc.property(arbitraryMessage(subject, version), fc.array(mutation, { minLength: 1, maxLength: 4 }), (message, mutations) => {
            const bytes = mutate(encode(subject, message, version), mutations);
            const read = readGarbage(subject, bytes, version);
            if (read === undefined) return;
            assert.ok(nodeCount(read) <= nodesMax * (bytes.length + 1), `version ${version} makes too much of ${bytes.length} bytes`);
            // What was accepted is a message like any other (its tagged fields now in the order the protocol wants).
            const again = encode(subject, read, version);
            assert.deepEqual(encode(subject, subject.read(new ByteReader(again), version), version), again);
          }),
          { numRuns },
        );
      }
    });
  }
});

describe("bytes that end too early are always refused", async () => {
  for (const subject of await loadSubjects()) {
    it(`${subject.name} ${subject.minVersion}-${subject.maxVersion}`, () => {
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        const [message] = fc.sample(arbitraryMessage(subject, version), { seed: version, numRuns: 1 });
        const bytes = encode(subject, message!, version);
        for (let length = 0; length < bytes.length; length++) {
          assert.equal(
            readGarbage(subject, bytes.subarray(0, length), version),
            undefined,
            `version ${version}, ${length} of ${bytes.length} bytes`,
          );
        }
      }
    });
  }
});

describe("64 KiB of one byte is refused or read, never more than its length allows", async () => {
  const blocks = [0x00, 0x01, 0x02, 0x03, 0x7f, 0x80, 0xff].map((filling) => Buffer.alloc(2 ** 16, filling));
  for (const subject of await loadSubjects()) {
    it(subject.name, () => {
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        for (const bytes of blocks) {
          const read = readGarbage(subject, bytes, version);
          if (read !== undefined) assert.ok(nodeCount(read) <= 2 ** 16 * fieldsMax(subject) * nodesPerByteMax);
        }
      }
    });
  }
});
