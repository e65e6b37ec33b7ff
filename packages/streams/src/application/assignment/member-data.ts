import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import type { TaskId } from "../plan/task-id.ts";
import { readFields, writeField } from "./tagged-fields.ts";

/** Goes up when a reader of the older one would misread the newer. */
const VERSION = 1;

/** Tags of a member's fields; each number means the same for ever. */
const APPLICATION_SERVER = 1;
const END_SUMS = 2;
const CLIENT_TAGS = 3;
const NONCE = 4;
const SHUTDOWN_REQUESTED = 5;
/** Tags of an assignment's fields. */
const HOSTS = 1;
const PROBE = 2;
const SHUTDOWN = 3;
const noHosts = Buffer.alloc(0);

/** A task that a member has the state of, and how many changelog records that is. */
export interface HeldTask extends TaskId {
  /** Offsets of its changelogs, added up. */
  readonly offsetSum: number;
  /** The same of their ends, as far as the member knows them; undefined: it does not. */
  readonly endSum?: number | undefined;
}

/** What a member tells the one who divides the tasks. */
export interface MemberData {
  /** Members of one process have it in common: a standby on the same machine helps nobody. */
  readonly processId: string;
  /** What is in its state: tasks that it ran, or held for others. */
  readonly held: readonly HeldTask[];
  /** Where the application can be asked, `host:port`; undefined: nowhere. */
  readonly applicationServer?: string | undefined;
  /** Where the instance is, by Java's `client.tag.`: copies go where these differ. */
  readonly clientTags?: Readonly<Record<string, string>> | undefined;
  /** Another one asks for another division: a coordinator passes over a member that joins again as it was. */
  readonly nonce?: number | undefined;
  /** The whole application is to end (Java's error code in its subscription). */
  readonly isShutdownRequested?: boolean | undefined;
}

/** Which tasks an instance that can be asked is to have when the rebalance is over. */
export interface HostTasks {
  /** `host:port`. */
  readonly applicationServer: string;
  readonly active: readonly TaskId[];
  readonly standby: readonly TaskId[];
}

/** What a member is told beside its partitions. */
export interface AssignedData {
  readonly standbys: readonly TaskId[];
  readonly hosts?: readonly HostTasks[] | undefined;
  /** After so much time this member is to ask for another division, since tasks wait for their state (Java's probing rebalance). */
  readonly probeInMs?: number | undefined;
  /** One of the members asks for the end of the whole application; there is nothing else in it. */
  readonly isShutdown?: boolean | undefined;
}

/** `int8 version · process id · tasks · fields`, lengths and counts as `uvarint`, offsets as `int64`. Own bytes: Java's applications have others, and no group is shared with them. */
export function encodeMemberData(data: MemberData): Buffer {
  const { processId, held, applicationServer, clientTags = {}, nonce, isShutdownRequested } = data;
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
  if (applicationServer !== undefined) writeField(writer, APPLICATION_SERVER, (field) => field.utf8(applicationServer));
  if (held.some(({ endSum }) => endSum !== undefined)) {
    writeField(writer, END_SUMS, (field) => {
      for (const { endSum, offsetSum } of held) field.int64(endSum ?? offsetSum);
    });
  }
  const tags = Object.entries(clientTags);
  if (tags.length > 0) {
    writeField(writer, CLIENT_TAGS, (field) => {
      field.uvarint(tags.length);
      for (const text of tags.flat()) {
        field.uvarint(Buffer.byteLength(text));
        field.utf8(text);
      }
    });
  }
  if (nonce !== undefined) writeField(writer, NONCE, (field) => field.uvarint(nonce));
  if (isShutdownRequested === true) writeField(writer, SHUTDOWN_REQUESTED, () => {});
  return writer.toBuffer();
}

/** Throws `MalformedBytesError`; what a newer version adds is a field that is passed over. */
export function decodeMemberData(bytes: Buffer): MemberData {
  const reader = new ByteReader(bytes);
  checkVersion(reader);
  const processId = reader.utf8(reader.uvarint());
  const held = Array.from({ length: countOf(reader) }, () => ({
    subtopology: reader.uvarint(),
    partition: reader.uvarint(),
    offsetSum: reader.int64(),
  }));
  const fields = readFields(reader);
  const applicationServer = fields.get(APPLICATION_SERVER)?.toString();
  const clientTags = fields.get(CLIENT_TAGS);
  const nonce = fields.get(NONCE);
  return {
    processId,
    held: withEnds(held, fields.get(END_SUMS)),
    ...(applicationServer === undefined ? {} : { applicationServer }),
    ...(clientTags === undefined ? {} : { clientTags: readTags(new ByteReader(clientTags)) }),
    ...(nonce === undefined ? {} : { nonce: new ByteReader(nonce).uvarint() }),
    ...(fields.has(SHUTDOWN_REQUESTED) ? { isShutdownRequested: true } : {}),
  };
}

function withEnds(held: readonly HeldTask[], ends: Buffer | undefined): readonly HeldTask[] {
  if (ends === undefined) return held;
  const reader = new ByteReader(ends);
  return held.map((task) => ({ ...task, endSum: reader.int64() }));
}

function readTags(reader: ByteReader): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: countOf(reader) }, () => [reader.utf8(reader.uvarint()), reader.utf8(reader.uvarint())] as const),
  );
}

/** The field of all assignments of one division: where who can be asked is encoded once for all its members. */
export function encodeHosts(hosts: readonly HostTasks[]): Buffer {
  const writer = new ByteWriter();
  if (hosts.length === 0) return writer.toBuffer();
  writeField(writer, HOSTS, (field) => {
    field.uvarint(hosts.length);
    for (const { applicationServer, active, standby } of hosts) {
      field.uvarint(Buffer.byteLength(applicationServer));
      field.utf8(applicationServer);
      writeTasks(field, active);
      writeTasks(field, standby);
    }
  });
  return writer.toBuffer();
}

/** `hosts` as {@link encodeHosts} gives them. */
export function encodeAssignedData({ standbys, probeInMs }: Omit<AssignedData, "hosts">, hosts: Buffer = noHosts): Buffer {
  const writer = new ByteWriter();
  writer.int8(VERSION);
  writeTasks(writer, standbys);
  writer.bytes(hosts);
  if (probeInMs !== undefined) writeField(writer, PROBE, (field) => field.uvarint(probeInMs));
  return writer.toBuffer();
}

/** The assignment of all members when one of them asked for the end of the application. */
export function encodeShutdown(): Buffer {
  const writer = new ByteWriter();
  writer.int8(VERSION);
  writeTasks(writer, []);
  writeField(writer, SHUTDOWN, () => {});
  return writer.toBuffer();
}

/** As {@link decodeMemberData}. */
export function decodeAssignedData(bytes: Buffer): AssignedData {
  const reader = new ByteReader(bytes);
  checkVersion(reader);
  const standbys = readTasks(reader);
  const fields = readFields(reader);
  const hosts = fields.get(HOSTS);
  const probe = fields.get(PROBE);
  return {
    standbys,
    ...(hosts === undefined ? {} : { hosts: readHosts(new ByteReader(hosts)) }),
    ...(probe === undefined ? {} : { probeInMs: new ByteReader(probe).uvarint() }),
    ...(fields.has(SHUTDOWN) ? { isShutdown: true } : {}),
  };
}

function readHosts(reader: ByteReader): HostTasks[] {
  return Array.from({ length: countOf(reader) }, () => ({
    applicationServer: reader.utf8(reader.uvarint()),
    active: readTasks(reader),
    standby: readTasks(reader),
  }));
}

function writeTasks(writer: ByteWriter, tasks: readonly TaskId[]): void {
  writer.uvarint(tasks.length);
  for (const { subtopology, partition } of tasks) {
    writer.uvarint(subtopology);
    writer.uvarint(partition);
  }
}

function readTasks(reader: ByteReader): TaskId[] {
  return Array.from({ length: countOf(reader) }, () => ({ subtopology: reader.uvarint(), partition: reader.uvarint() }));
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
