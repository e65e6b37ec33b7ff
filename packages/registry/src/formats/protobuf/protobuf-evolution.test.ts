import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import protobufjs from "protobufjs";
import { parseProtobufSource } from "./protobuf-format.ts";
import { protoScalars } from "./proto-file.ts";

/** A field of a generated message; `inner` is the place of another message in the list. */
interface Part {
  readonly number: number;
  readonly type: string;
  readonly shape: "single" | "repeated" | "oneof" | "map";
}

const TYPES = [...protoScalars, "M1", "E"];
const part = fc.record<Part>({
  number: fc.integer({ min: 1, max: 6 }),
  type: fc.constantFrom(...TYPES),
  shape: fc.constantFrom("single", "single", "repeated", "oneof", "map"),
});
const parts = fc.uniqueArray(part, { maxLength: 5, selector: ({ number }) => number });

function fieldText({ number, type, shape }: Part): string {
  if (shape === "map") return `map<string, ${type}> f${number} = ${number};`;
  return `${shape === "repeated" ? "repeated " : ""}${type} f${number} = ${number};`;
}

function schemaText([main, inner]: readonly [readonly Part[], readonly Part[]]): string {
  const body = (all: readonly Part[]): string => {
    const inOneof = all.filter(({ shape }) => shape === "oneof").map(fieldText);
    const plain = all.filter(({ shape }) => shape !== "oneof").map(fieldText);
    return `${plain.join(" ")} ${inOneof.length > 0 ? `oneof o { ${inOneof.join(" ")} }` : ""}`;
  };
  return `syntax = "proto3"; package p; message M0 { ${body(main)} } message M1 { ${body(inner)} } enum E { E0 = 0; E1 = 1; E2 = 2; }`;
}

/** The newer schema: each field kept, gone, or changed. */
const change = fc.record({ keep: fc.integer({ min: 0, max: 9 }), to: part });
const evolved = fc.tuple(fc.tuple(parts, parts), fc.array(change, { minLength: 10, maxLength: 10 })).map(([older, changes]) => {
  let next = 0;
  const evolve = (all: readonly Part[]): readonly Part[] => {
    const changed = new Map<number, Part>();
    for (const each of all) {
      const { keep, to } = changes[next++ % changes.length] as { keep: number; to: Part };
      if (keep === 0) continue;
      changed.set(each.number, keep < 3 ? { ...each, type: to.type } : keep < 4 ? { ...each, shape: to.shape } : each);
    }
    const added = (changes[next++ % changes.length] as { to: Part }).to;
    if (!changed.has(added.number)) changed.set(added.number, added);
    return [...changed.values()];
  };
  const newer = [evolve(older[0]), evolve(older[1])] as const;
  return { older, newer };
});

/** Values that every type of a wire group holds, so that what was written and what was read can be compared. */
function sample(type: string, seed: number, depth: number, older: readonly [readonly Part[], readonly Part[]]): unknown {
  if (type === "M1") return depth > 2 ? {} : message(older[1], seed + 1, depth + 1, older);
  if (type === "string") return `s${seed % 7}`;
  if (type === "bytes") return Buffer.from(`s${seed % 7}`);
  if (type === "bool") return true;
  return 1;
}

function message(
  all: readonly Part[],
  seed: number,
  depth: number,
  older: readonly [readonly Part[], readonly Part[]],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  let hasOneof = false;
  for (const [index, { number, type, shape }] of all.entries()) {
    if ((seed >> index) % 4 === 3 || (shape === "oneof" && hasOneof)) continue;
    const one = sample(type, seed + index, depth, older);
    hasOneof ||= shape === "oneof";
    value[`f${number}`] = shape === "repeated" ? [one, one] : shape === "map" ? { k: one } : one;
  }
  return value;
}

/** A value without what tells types of one wire group apart. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return plain(value.at(-1));
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** The fields that both have, with equal values. */
function compare(read: unknown, written: unknown, types: { readonly newer: readonly Part[]; readonly inner: readonly Part[] }): void {
  const [got, sent] = [read as Record<string, unknown>, written as Record<string, unknown>];
  for (const { number, type, shape } of types.newer) {
    const [mine, theirs] = [got[`f${number}`], sent[`f${number}`]];
    if (theirs === undefined) continue;
    if (type !== "M1") assert.deepEqual(mine, theirs);
    else if (shape !== "map") compare(mine, theirs, { newer: types.inner, inner: types.inner });
  }
}

test("what was written with an older schema is read with each that is told to fit it, and values are equal", () => {
  let fitting = 0;
  fc.assert(
    fc.property(evolved, fc.nat(10_000), ({ older, newer }, seed) => {
      const [old, fresh] = [schemaText(older), schemaText(newer)].map((schema) => parseProtobufSource({ schema, resolved: [] }));
      assert.ok(old !== undefined && fresh !== undefined);
      assert.deepEqual(fresh.problemsReading(fresh), []);
      if (fresh.problemsReading(old).length > 0) return;
      fitting++;
      // The judge reads our printed text, which is so compared with what another reader makes of it.
      const [writer, reader] = [old.canonical, fresh.normalized].map((text) =>
        protobufjs.parse(text, { keepCase: true }).root.lookupType("p.M0"),
      );
      assert.ok(writer !== undefined && reader !== undefined);
      const bytes = writer.encode(writer.fromObject(message(older[0], seed, 0, older))).finish();
      const written = plain(writer.toObject(writer.decode(bytes), { longs: String }));
      const read = plain(reader.toObject(reader.decode(bytes), { longs: String }));
      compare(read, written, { newer: newer[0], inner: newer[1] });
    }),
    { numRuns: 100 },
  );
  assert.ok(fitting > 10, `only ${fitting} of the pairs fit each other`);
});
