import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { ByteWriter } from "@ottla/base";
import fc from "fast-check";
import { ErrorCode, KafkaError } from "../index.ts";
import { inVersions, loadSubjects, type SpecField, type Subject, type Values } from "./spec-files.ts";
import { arbitraryMessage } from "./spec-values.ts";

/** A message in which one field is set that the version lacks, or null that must not be. */
interface Misfit {
  readonly path: string;
  readonly isIgnorable: boolean;
  readonly message: Values;
}

function encode(subject: Subject, message: Values, version: number): string {
  const writer = new ByteWriter();
  subject.write(writer, message, version);
  return writer.toBuffer().toString("hex");
}

const someValues: Readonly<Record<string, unknown>> = {
  bool: true,
  string: "x",
  uuid: "AAAAAAAAAAAAAAAAAAAAAQ",
  bytes: Buffer.from("x"),
  records: Buffer.from("x"),
};

/** A value of the field other than its default. */
function otherValue(subject: Subject, field: SpecField): unknown {
  const type = field.type.replace("[]", "");
  const struct = subject.structs.get(type);
  const one = struct !== undefined ? otherStruct(subject, struct) : (someValues[type] ?? 77);
  if (field.type.startsWith("[]")) return [one];
  return field.default === true ? false : one;
}

function otherStruct(subject: Subject, fields: readonly SpecField[]): Values {
  const values = fields.map((field) => [field.name, isKnown(subject, field) ? otherValue(subject, field) : undefined]);
  return { ...Object.fromEntries(values), unknownTaggedFields: undefined };
}

function isKnown(subject: Subject, field: SpecField): boolean {
  for (let version = subject.minVersion; version <= subject.maxVersion; version++) if (inVersions(field.versions, version)) return true;
  return false;
}

/** Every way to put one misfit into a message, at most one per field of each struct. */
function misfits(subject: Subject, version: number, message: Values): Misfit[] {
  const found = new Map<string, Misfit>();
  const visit = (name: string, fields: readonly SpecField[], values: Values, rebuild: (values: Values) => Values): void => {
    for (const field of fields) {
      const path = `${name}.${field.name}`;
      const present = inVersions(field.versions, version);
      const add = (value: unknown, isIgnorable: boolean): void => {
        if (!found.has(path)) found.set(path, { path, isIgnorable, message: rebuild({ ...values, [field.name]: value }) });
      };
      if (!present && isKnown(subject, field)) add(otherValue(subject, field), field.ignorable === true);
      if (present && field.nullable !== undefined && !inVersions(field.nullable, version) && field.type !== "records") add(null, false);
      const type = field.type.replace("[]", "");
      const struct = subject.structs.get(type);
      const value = values[field.name];
      if (!present || struct === undefined || value === null) continue;
      if (!Array.isArray(value)) visit(type, struct, value as Values, (inner) => rebuild({ ...values, [field.name]: inner }));
      else
        for (const [i, element] of value.entries())
          visit(type, struct, element as Values, (inner) => rebuild({ ...values, [field.name]: value.with(i, inner) }));
    }
  };
  visit(subject.name, subject.fields, message, (values) => values);
  return [...found.values()];
}

describe("a field that the version lacks is dropped if ignorable, else refused, and so is a null it cannot express", async () => {
  for (const subject of await loadSubjects()) {
    if (subject.minVersion === subject.maxVersion) continue;
    it(`${subject.name} ${subject.minVersion}-${subject.maxVersion}`, () => {
      for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
        for (const message of fc.sample(arbitraryMessage(subject, version), { seed: version, numRuns: runsOf({ quick: 3, long: 6 }) })) {
          const bytes = encode(subject, message, version);
          for (const { path, isIgnorable, message: misfit } of misfits(subject, version, message)) {
            if (isIgnorable) assert.equal(encode(subject, misfit, version), bytes, `${path}, version ${version}`);
            else assert.throws(() => encode(subject, misfit, version), isUnsupported, `${path}, version ${version}`);
          }
        }
      }
    });
  }
});

function isUnsupported(error: unknown): boolean {
  return error instanceof KafkaError && error.errorCode === ErrorCode.UNSUPPORTED_VERSION;
}
