import { MalformedBytesError } from "@ottla/base";
import { PgBytes } from "./pg-bytes.ts";
import {
  type ColumnText,
  type OldRow,
  type PgoutputMessage,
  type RelationColumn,
  type ReplicaIdentity,
  type TextRow,
  UNCHANGED_TOAST,
} from "./pgoutput-message.ts";

const KEY_COLUMN = 1;
const CASCADE = 1;
const RESTART_IDENTITY = 2;
const TRANSACTIONAL = 1;

const byte = (letter: string): number => letter.charCodeAt(0);
const identities: Readonly<Record<string, ReplicaIdentity>> = { d: "default", n: "nothing", f: "full", i: "index" };

/**
 * Reads pgoutput's messages in the order they come: inside of a streamed transaction each begins with a transaction id, which only the messages before tell.
 * A message that ends early or has bytes left over is refused with `MalformedBytesError`, and changes nothing.
 */
export class PgoutputDecoder {
  readonly #isParallel: boolean;
  #isInStream = false;

  /** `isParallel`: `streaming` is `parallel`, so that aborts tell place and time. */
  constructor({ isParallel = false }: { readonly isParallel?: boolean } = {}) {
    this.#isParallel = isParallel;
  }

  /** One message; `at` is where it begins in `bytes`, and it ends with them. */
  decode(bytes: Buffer, at = 0): PgoutputMessage {
    const reader = new PgBytes(bytes, at);
    const message = this.#read(reader.uint8(), reader);
    if (reader.remaining > 0)
      throw new MalformedBytesError(`A message "${message.kind}" of pgoutput has ${reader.remaining} bytes too many.`);
    if (message.kind === "streamStart") this.#isInStream = true;
    if (message.kind === "streamStop") this.#isInStream = false;
    return message;
  }

  #read(type: number, reader: PgBytes): PgoutputMessage {
    switch (type) {
      case byte("I"):
        return { kind: "insert", xid: this.#xid(reader), relationId: reader.uint32(), row: readNewRow(reader) };
      case byte("U"):
        return readUpdate(this.#xid(reader), reader);
      case byte("D"):
        return { kind: "delete", xid: this.#xid(reader), relationId: reader.uint32(), old: readOldRow(reader.uint8(), reader) };
      case byte("B"):
        return { kind: "begin", finalLsn: reader.uint64(), commitTimeUs: reader.timeUs(), xid: reader.uint32() };
      case byte("C"):
        reader.uint8();
        return { kind: "commit", commitLsn: reader.uint64(), endLsn: reader.uint64(), commitTimeUs: reader.timeUs() };
      case byte("R"):
        return readRelation(this.#xid(reader), reader);
      case byte("Y"):
        return { kind: "type", xid: this.#xid(reader), typeOid: reader.uint32(), schema: reader.text(), name: reader.text() };
      case byte("T"):
        return readTruncate(this.#xid(reader), reader);
      case byte("M"):
        return readLogicalMessage(this.#xid(reader), reader);
      case byte("O"):
        return { kind: "origin", commitLsn: reader.uint64(), name: reader.text() };
      case byte("S"):
        return { kind: "streamStart", xid: reader.uint32(), isFirst: reader.uint8() === 1 };
      case byte("E"):
        return { kind: "streamStop" };
      case byte("c"):
        return readStreamCommit(reader);
      case byte("A"):
        return this.#readStreamAbort(reader);
      default:
        return readTwoPhase(type, reader);
    }
  }

  #xid(reader: PgBytes): number | undefined {
    return this.#isInStream ? reader.uint32() : undefined;
  }

  #readStreamAbort(reader: PgBytes): PgoutputMessage {
    const abort = { kind: "streamAbort", xid: reader.uint32(), subXid: reader.uint32() } as const;
    return this.#isParallel ? { ...abort, abortLsn: reader.uint64(), abortTimeUs: reader.timeUs() } : abort;
  }
}

function readStreamCommit(reader: PgBytes): PgoutputMessage {
  const xid = reader.uint32();
  reader.uint8();
  return { kind: "streamCommit", xid, commitLsn: reader.uint64(), endLsn: reader.uint64(), commitTimeUs: reader.timeUs() };
}

function readTwoPhase(type: number, reader: PgBytes): PgoutputMessage {
  if (type === byte("b")) return { kind: "beginPrepare", ...readPrepared(reader) };
  const kind = type === byte("P") ? "prepare" : type === byte("K") ? "commitPrepared" : type === byte("p") ? "streamPrepare" : undefined;
  if (kind !== undefined) {
    reader.uint8();
    return { kind, ...readPrepared(reader) };
  }
  if (type !== byte("r")) throw new MalformedBytesError(`pgoutput has no message of type ${JSON.stringify(String.fromCharCode(type))}.`);
  reader.uint8();
  return {
    kind: "rollbackPrepared",
    prepareEndLsn: reader.uint64(),
    rollbackEndLsn: reader.uint64(),
    prepareTimeUs: reader.timeUs(),
    rollbackTimeUs: reader.timeUs(),
    xid: reader.uint32(),
    gid: reader.text(),
  };
}

const readPrepared = (reader: PgBytes) => ({
  lsn: reader.uint64(),
  endLsn: reader.uint64(),
  timeUs: reader.timeUs(),
  xid: reader.uint32(),
  gid: reader.text(),
});

function readUpdate(xid: number | undefined, reader: PgBytes): PgoutputMessage {
  const relationId = reader.uint32();
  const part = reader.uint8();
  if (part === byte("N")) return { kind: "update", xid, relationId, old: undefined, row: readRow(reader) };
  const old = readOldRow(part, reader);
  return { kind: "update", xid, relationId, old, row: readNewRow(reader) };
}

function readOldRow(part: number, reader: PgBytes): OldRow {
  if (part === byte("K")) return { kind: "key", row: readRow(reader) };
  if (part === byte("O")) return { kind: "full", row: readRow(reader) };
  throw new MalformedBytesError(`pgoutput has no old row of kind ${JSON.stringify(String.fromCharCode(part))}.`);
}

function readNewRow(reader: PgBytes): TextRow {
  const part = reader.uint8();
  if (part !== byte("N"))
    throw new MalformedBytesError(`pgoutput has a part ${JSON.stringify(String.fromCharCode(part))} where a new row was to come.`);
  return readRow(reader);
}

function readRow(reader: PgBytes): TextRow {
  const count = reader.int16();
  if (count <= 0) return [];
  // Exactly as long as it is: one that grows has room for sixteen more.
  const row = Array<ColumnText>(count);
  for (let i = 0; i < count; i++) row[i] = readColumn(reader);
  return row;
}

function readColumn(reader: PgBytes): ColumnText {
  switch (reader.uint8()) {
    case 0x74:
      return reader.textOf(reader.int32());
    case 0x6e:
      return null;
    case 0x75:
      return UNCHANGED_TOAST;
    default:
      throw new MalformedBytesError("pgoutput has a column that is neither text, null nor unchanged; binary format was not asked for.");
  }
}

function readRelation(xid: number | undefined, reader: PgBytes): PgoutputMessage {
  const relationId = reader.uint32();
  const schema = reader.text();
  const table = reader.text();
  const letter = String.fromCharCode(reader.uint8());
  const replicaIdentity = Object.hasOwn(identities, letter) ? identities[letter] : undefined;
  if (replicaIdentity === undefined) throw new MalformedBytesError(`PostgreSQL has no replica identity ${JSON.stringify(letter)}.`);
  const count = reader.int16();
  const columns: RelationColumn[] = [];
  for (let i = 0; i < count; i++) {
    const isKey = (reader.uint8() & KEY_COLUMN) !== 0;
    columns.push({ isKey, name: reader.text(), typeOid: reader.uint32(), typeModifier: reader.int32() });
  }
  return { kind: "relation", xid, relationId, schema, table, replicaIdentity, columns };
}

function readTruncate(xid: number | undefined, reader: PgBytes): PgoutputMessage {
  const count = reader.int32();
  const options = reader.uint8();
  const relationIds: number[] = [];
  for (let i = 0; i < count; i++) relationIds.push(reader.uint32());
  return {
    kind: "truncate",
    xid,
    relationIds,
    isCascade: (options & CASCADE) !== 0,
    restartsIdentity: (options & RESTART_IDENTITY) !== 0,
  };
}

function readLogicalMessage(xid: number | undefined, reader: PgBytes): PgoutputMessage {
  const isTransactional = (reader.uint8() & TRANSACTIONAL) !== 0;
  const lsn = reader.uint64();
  const prefix = reader.text();
  return { kind: "message", xid, isTransactional, lsn, prefix, content: reader.view(reader.int32()) };
}
