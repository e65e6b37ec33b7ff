import { ByteReader } from "@ottla/base";
import type { Serde } from "../serdes/serde.ts";
import { Change } from "./change.ts";
import { writtenBytes } from "../serdes/written-bytes.ts";

/** The last byte: what comes before it. The last three are written by none, and read: a byte before the flag says whether the change is the latest. */
const flag = { old: 0, new: 1, both: 2, oldLatest: 3, newLatest: 4, bothLatest: 5 } as const;

/**
 * Changes in the repartition topics of tables, as Java's ChangedSerializer since KIP-904: `old 0`, `new 1`, or `varint length of new, new, old, 2`. `isLatest` is not written, so what
 * comes back is the latest.
 */
export function changeSerde<V>(inner: Serde<V>): Serde<Change<V>> {
  return {
    name: `change(${inner.name})`,
    serialize(topic, { newValue, oldValue }, headers) {
      const newBytes = newValue === null ? undefined : writtenBytes(inner.serialize(topic, newValue, headers));
      const oldBytes = oldValue === null ? undefined : writtenBytes(inner.serialize(topic, oldValue, headers));
      if (newBytes === undefined) {
        if (oldBytes === undefined) throw new TypeError("A change with neither a new nor an old value cannot be written.");
        return Buffer.concat([oldBytes, Buffer.of(flag.old)]);
      }
      if (oldBytes === undefined) return Buffer.concat([newBytes, Buffer.of(flag.new)]);
      return Buffer.concat([varintBytes(newBytes.length), newBytes, oldBytes, Buffer.of(flag.both)]);
    },
    deserialize(topic, bytes, headers) {
      const kind = bytes[bytes.length - 1];
      const hasLatest = kind !== undefined && kind >= flag.oldLatest;
      const end = bytes.length - (hasLatest ? 2 : 1);
      if (kind === undefined || kind > flag.bothLatest || end < 0)
        throw new TypeError(`${bytes.length} bytes that end with ${kind} are no change.`);
      const isLatest = !hasLatest || bytes[end] === 1;
      const part = (from: number, to: number): V => inner.deserialize(topic, bytes.subarray(from, to), headers);
      switch (kind) {
        case flag.old:
        case flag.oldLatest:
          return new Change<V>(null, part(0, end), isLatest);
        case flag.new:
        case flag.newLatest:
          return new Change<V>(part(0, end), null, isLatest);
        default: {
          const reader = new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, end);
          const length = reader.varint();
          const at = reader.position;
          if (length < 0 || at + length > end)
            throw new TypeError(`The new value of ${length} bytes does not fit a change of ${bytes.length} bytes.`);
          return new Change<V>(part(at, at + length), part(at + length, end), isLatest);
        }
      }
    },
  };
}

/** A zigzag varint, as Java's ByteUtils.writeVarint. */
function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
