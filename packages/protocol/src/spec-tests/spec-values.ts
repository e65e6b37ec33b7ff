import fc from "fast-check";
import { inVersions, type SpecField, type Subject, type Values } from "./spec-files.ts";

const NIL_UUID = "AAAAAAAAAAAAAAAAAAAAAA";
const INT64_MAX = 2 ** 63;

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
);
const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
const integer = (bits: number, signed: boolean): fc.Arbitrary<number> =>
  signed ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }) : fc.integer({ min: 0, max: 2 ** bits - 1 });

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: integer(8, true),
  int16: integer(16, true),
  uint16: integer(16, false),
  int32: integer(32, true),
  uint32: integer(32, false),
  int64: fc.oneof({ weight: 9, arbitrary: fc.maxSafeInteger() }, { weight: 1, arbitrary: fc.constant(INT64_MAX) }),
  float64: fc.double(),
  string: text,
  bytes,
  records: bytes,
  uuid: fc.oneof(
    fc.constant(NIL_UUID),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array).toString("base64url")),
  ),
};

/** Of tags nobody will ever define. */
const unknownTags = fc.option(
  fc
    .uniqueArray(fc.record({ tag: fc.integer({ min: 10_000, max: 2_000_000_000 }), data: bytes }, { noNullPrototype: true }), {
      minLength: 1,
      maxLength: 2,
      selector: (field) => field.tag,
    })
    .map((fields) => fields.toSorted((a, b) => a.tag - b.tag)),
  { nil: undefined, freq: 6 },
);

export function defaultValue(subject: Subject, field: SpecField): unknown {
  if (field.default === null) return null;
  if (field.type.startsWith("[]")) return [];
  if (field.default === "9223372036854775807") return INT64_MAX;
  if (field.default !== undefined) return field.default;
  if (subject.structs.has(field.type)) return defaultStruct(subject, subject.structs.get(field.type)!);
  const zeros: Readonly<Record<string, unknown>> = { bool: false, string: "", uuid: NIL_UUID, bytes: Buffer.alloc(0), records: null };
  return field.type in zeros ? zeros[field.type] : 0;
}

export function defaultStruct(subject: Subject, fields: readonly SpecField[]): Values {
  const values: Record<string, unknown> = {};
  for (const field of fields) if (isEverPresent(subject, field)) values[field.name] = defaultValue(subject, field);
  return withUnknown(subject, values, undefined);
}

function isEverPresent(subject: Subject, field: SpecField): boolean {
  for (let version = subject.minVersion; version <= subject.maxVersion; version++) if (inVersions(field.versions, version)) return true;
  return false;
}

function withUnknown(subject: Subject, values: Record<string, unknown>, unknown: unknown): Values {
  return Number.isFinite(subject.firstFlexibleVersion) ? { ...values, unknownTaggedFields: unknown } : values;
}

/** Anything that fits the type of a field (or of the elements of its list). */
export function anyScalar(field: SpecField): fc.Arbitrary<unknown> {
  return scalars[field.type.replace("[]", "")]!;
}

/** Any message of this version: fields the version has hold anything `scalarOf` gives, the others their defaults. */
export function arbitraryMessage(subject: Subject, version: number, withUnknownTags = true, scalarOf = anyScalar): fc.Arbitrary<Values> {
  const unknown = withUnknownTags && version >= subject.firstFlexibleVersion ? unknownTags : fc.constant(undefined);
  const struct = (fields: readonly SpecField[]): fc.Arbitrary<Values> => {
    const parts: Record<string, fc.Arbitrary<unknown>> = {};
    for (const field of fields) {
      if (inVersions(field.versions, version)) parts[field.name] = value(field);
      else if (isEverPresent(subject, field)) parts[field.name] = fc.constant(defaultValue(subject, field));
    }
    return fc.tuple(fc.record(parts, { noNullPrototype: true }), unknown).map(([values, tags]) => withUnknown(subject, values, tags));
  };
  const value = (field: SpecField): fc.Arbitrary<unknown> => {
    const type = field.type.replace("[]", "");
    const one = subject.structs.has(type) ? struct(subject.structs.get(type)!) : scalarOf(field);
    const some = field.type.startsWith("[]") ? fc.array(one, { maxLength: 3 }) : one;
    return inVersions(field.nullable, version) ? fc.option(some, { nil: null }) : some;
  };
  return struct(subject.fields);
}
