import { ByteReader } from "@ottla/base";
import { refuse } from "./refuse.ts";
import type { Serde } from "./serde.ts";
import { writtenBytes } from "./written-bytes.ts";

/** Elements of a list that a stranger's bytes may make; the least costs a byte each, and null elements four. */
const ELEMENTS_MAX = 10_000_000;
const form = { constantSize: 0, variableSize: 1 } as const;

/**
 * Lists of what another serde takes, null elements included, as Java's ListSerde: a byte that tells the form, then for elements of one size (integers, doubles, UUIDs, …) the places of
 * nulls, the count and the elements; for all others the count and each element behind its length, −1 for null. All numbers are int32.
 */
export function list<T>(inner: Serde<T>): Serde<readonly (T | null)[]> {
  const sizeBytes = "sizeBytes" in inner && typeof inner.sizeBytes === "number" ? inner.sizeBytes : undefined;
  const name = `list(${inner.name})`;
  return {
    name,
    ...(inner.carriesSchemaId === undefined ? {} : { carriesSchemaId: inner.carriesSchemaId }),
    serialize(topic, value, headers) {
      if (!Array.isArray(value)) refuse(name, value, "an array");
      const elements = (value as readonly (T | null)[]).map((element) =>
        element === null ? null : writtenBytes(inner.serialize(topic, element, headers)),
      );
      return sizeBytes === undefined ? variableSize(elements) : constantSize(elements);
    },
    deserialize(topic, bytes, headers) {
      const reader = new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      reader.elementsLeft = ELEMENTS_MAX;
      const read = reader.int8();
      const element = (length: number): T => inner.deserialize(topic, reader.view(length), headers);
      if (read === form.variableSize) {
        return Array.from({ length: count(reader, 4) }, () => {
          const length = reader.int32();
          return length === -1 ? null : element(length);
        });
      }
      if (read !== form.constantSize || sizeBytes === undefined) throw new TypeError(`The form ${read} is none that ${name} reads.`);
      const nulls = new Set(Array.from({ length: count(reader, 4) }, () => reader.int32()));
      const length = reader.int32();
      reader.countElements(length);
      if (length < 0 || (length - nulls.size) * sizeBytes > reader.remaining)
        throw new TypeError(`${length} elements do not fit the bytes.`);
      return Array.from({ length }, (_, index) => (nulls.has(index) ? null : element(sizeBytes)));
    },
  };
}

/** A count of things that take at least `bytesEach`. */
function count(reader: ByteReader, bytesEach: number): number {
  const read = reader.int32();
  if (read < 0 || read * bytesEach > reader.remaining)
    throw new TypeError(`${read} elements do not fit the ${reader.remaining} bytes that are left.`);
  return read;
}

function constantSize(elements: readonly (Uint8Array | null)[]): Uint8Array {
  const nulls = elements.flatMap((element, index) => (element === null ? [index] : []));
  return Buffer.concat([
    Buffer.of(form.constantSize),
    ...[nulls.length, ...nulls, elements.length].map(int32),
    ...elements.filter((element) => element !== null),
  ]);
}

function variableSize(elements: readonly (Uint8Array | null)[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.of(form.variableSize), int32(elements.length)];
  for (const element of elements) {
    parts.push(int32(element === null ? -1 : element.length));
    if (element !== null) parts.push(element);
  }
  return Buffer.concat(parts);
}

function int32(value: number): Buffer {
  const into = Buffer.allocUnsafe(4);
  into.writeInt32BE(value);
  return into;
}
