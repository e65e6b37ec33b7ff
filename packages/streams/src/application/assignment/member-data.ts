import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import type { TaskId } from "../plan/task-id.ts";

/** Goes up when a reader of the older one would misread the newer. */
const VERSION = 1;

/** A task that a member has the state of, and how many changelog records that is. */
export interface HeldTask extends TaskId {
  /** Offsets of its changelogs, added up. */
  readonly offsetSum: number;
}

/** What a member tells the one who divides the tasks. */
export interface MemberData {
  /** Members of one process have it in common: a standby on the same machine helps nobody. */
  readonly processId: string;
  /** What is in its state: tasks that it ran, or held for others. */
  readonly held: readonly HeldTask[];
}

/** What a member is told beside its partitions. */
export interface AssignedData {
  readonly standbys: readonly TaskId[];
}

/** `int8 version · process id · tasks`, lengths and counts as `uvarint`, offsets as `int64`. Own bytes: Java's applications have others, and no group is shared with them. */
export function encodeMemberData({ processId, held }: MemberData): Buffer {
  const writer = new ByteWriter();
  writer.int8(VERSION);
  writer.uvarint(Buffer.byteLength(processId));
  writer.utf8(processId);
  writer.uvarint(held.length);
  for (const { subtopology, partition, offsetSum } of held) {
    writer.uvarint(subtopology);
    writer.uvarint(partition);
    writer.int64(offsetSum);
  }
  return writer.toBuffer();
}

/** Throws `MalformedBytesError`; what a newer version adds is behind what is known. */
export function decodeMemberData(bytes: Buffer): MemberData {
  const reader = new ByteReader(bytes);
  checkVersion(reader);
  const processId = reader.utf8(reader.uvarint());
  const held = Array.from({ length: countOf(reader) }, () => ({
    subtopology: reader.uvarint(),
    partition: reader.uvarint(),
    offsetSum: reader.int64(),
  }));
  return { processId, held };
}

export function encodeAssignedData({ standbys }: AssignedData): Buffer {
  const writer = new ByteWriter();
  writer.int8(VERSION);
  writer.uvarint(standbys.length);
  for (const { subtopology, partition } of standbys) {
    writer.uvarint(subtopology);
    writer.uvarint(partition);
  }
  return writer.toBuffer();
}

/** As {@link decodeMemberData}. */
export function decodeAssignedData(bytes: Buffer): AssignedData {
  const reader = new ByteReader(bytes);
  checkVersion(reader);
  return { standbys: Array.from({ length: countOf(reader) }, () => ({ subtopology: reader.uvarint(), partition: reader.uvarint() })) };
}

function checkVersion(reader: ByteReader): void {
  const version = reader.int8();
  if (version < 1) throw new MalformedBytesError(`A streams assignment claims version ${version}.`);
}

/** A task takes two bytes at least: what claims more of them than there are bytes is refused before anything is made for it. */
function countOf(reader: ByteReader): number {
  const count = reader.uvarint();
  if (count > reader.remaining) throw new MalformedBytesError(`A streams assignment claims ${count} tasks in ${reader.remaining} bytes.`);
  return count;
}
