import { inVersions, type SpecField, type Subject, type Values } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { defaultValue } from "../../packages/protocol/src/spec-tests/spec-values.ts";
import type { KnownNames } from "./plausible-values.ts";

const ends = (bits: number): readonly number[] => [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
const PLAIN = [-7, -2, -1, 0, 1];

/** The ends of each type, of the integers that a JavaScript number counts exactly, and the plain values that requests give a meaning. */
const EXTREMES: Readonly<Record<string, readonly number[]>> = {
  int8: [...ends(8), ...PLAIN],
  int16: [...ends(16), ...PLAIN],
  int32: [...ends(32), ...PLAIN],
  int64: [-(2 ** 63), -(2 ** 53), -(2 ** 53 - 1), ...PLAIN, 2 ** 53 - 1, 2 ** 53, 2 ** 62, 2 ** 63],
};

export interface ExtremeRequest {
  /** The field that holds the extreme, by its path. */
  readonly field: string;
  readonly type: string;
  readonly value: number;
  readonly request: Values;
}

/** Fields that stay as they are: how long to wait, and whether to answer. */
const KEPT: Readonly<Record<string, unknown>> = {
  timeoutMs: 1000,
  maxWaitMs: 0,
  rebalanceTimeoutMs: 1000,
  sessionTimeoutMs: 10_000,
  acks: -1,
};

/** What makes a request reach the field: it asks for something that is there. */
const MEANT: Readonly<Record<string, unknown>> = {
  maxBytes: 1 << 20,
  partitionMaxBytes: 1 << 20,
  replicaId: -1,
  sessionEpoch: -1,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
  generationIdOrMemberEpoch: -1,
  producerEpoch: 0,
  groupId: "extremes",
};

/** Where a producer may do without, it does. */
function transactionalId({ type, nullable }: SpecField): unknown {
  if (nullable !== undefined) return null;
  return type.startsWith("[]") ? ["extremes"] : "extremes";
}

/** Requests of one version that differ in one integer each, of all its integer fields; lists have one element. */
export function extremeRequests(subject: Subject, version: number, known: KnownNames): ExtremeRequest[] {
  const paths: { readonly path: readonly string[]; readonly type: string }[] = [];
  const struct = (fields: readonly SpecField[], path: readonly string[]): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    for (const field of fields) {
      values[field.name] = inVersions(field.versions, version) ? filled(field, [...path, field.name]) : defaultValue(subject, field);
    }
    return values;
  };
  const filled = (field: SpecField, path: readonly string[]): unknown => {
    const type = field.type.replace("[]", "");
    if (field.name in KEPT) return KEPT[field.name];
    if (field.type in EXTREMES) paths.push({ path, type: field.type });
    const inner = subject.structs.get(type);
    if (inner !== undefined) {
      return field.type.startsWith("[]") ? [struct(inner, [...path, "0"])] : struct(inner, path);
    }
    if (field.name in MEANT) return MEANT[field.name];
    if (/transactionalId(s)?$/i.test(field.name) && !field.name.startsWith("coordinator")) return transactionalId(field);
    if (field.type === "uuid") return known.topicIds[0];
    if (field.type === "string" && /^(name|topic|topicName)$/.test(field.name)) return known.topics[0];
    return defaultValue(subject, field);
  };
  struct(subject.fields, []);
  const found = [...paths];
  return found.flatMap(({ path, type }) =>
    EXTREMES[type]!.map((value) => {
      const request = struct(subject.fields, []);
      let holder: Record<string, unknown> = request;
      for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
      holder[path.at(-1)!] = value;
      return { field: path.join("."), type, value, request };
    }),
  );
}
