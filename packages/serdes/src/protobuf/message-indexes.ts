import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { ValueProblem } from "../serde/format-engine.ts";

/** As deep as protoc lets messages stand in each other. */
const DEPTH_MAX = 32;

/** Where a message stands in its file: its place among the messages there, then among those of each message it stands in. */
export function messageIndexes(message: DescMessage): readonly number[] {
  const { file, parent } = message;
  const siblings = parent === undefined ? file.messages : parent.nestedMessages;
  return [...(parent === undefined ? [] : messageIndexes(parent)), siblings.indexOf(message)];
}

/** The indexes as they stand before the data: a count and the numbers, as zig-zag varints; the very common [0] as one byte of 0. */
export function encodeIndexes(indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.of(0);
  const bytes: number[] = [];
  for (const each of [indexes.length, ...indexes]) {
    let left = each * 2;
    for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
    bytes.push(left);
  }
  return Buffer.from(bytes);
}

/** Which message of a file data is of, and where it begins. */
export function readIndexes(file: DescFile, bytes: Buffer, from: number): { readonly message: DescMessage; readonly dataAt: number } {
  const first = file.messages[0];
  if (bytes[from] === 0 && first !== undefined) return { message: first, dataAt: from + 1 };
  const cursor = { at: from };
  const count = readVarint(bytes, cursor);
  if (count < 0 || count > DEPTH_MAX)
    throw new ValueProblem(
      "",
      `it says that its message stands ${count} deep in the file; ${count < 0 ? "none does" : `at most ${DEPTH_MAX} do`}`,
    );
  const indexes = count === 0 ? [0] : Array.from({ length: count }, () => readVarint(bytes, cursor));
  let found: DescMessage | undefined;
  for (const index of indexes) found = (found === undefined ? file.messages : found.nestedMessages)[index] ?? noMessage(indexes);
  return { message: found ?? noMessage(indexes), dataAt: cursor.at };
}

function noMessage(indexes: readonly number[]): never {
  throw new ValueProblem("", `its message indexes are [${indexes.join(", ")}], and the schema's file has no message there`);
}

function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new ValueProblem("", "it ends within its message indexes");
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
  }
  throw new ValueProblem("", "a message index does not end within five bytes");
}
