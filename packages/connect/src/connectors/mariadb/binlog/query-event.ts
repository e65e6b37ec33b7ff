import type { BinlogBytes } from "./binlog-bytes.ts";
import type { QueryEvent } from "./binlog-event.ts";
import { inflate } from "./inflate.ts";

/** What a LOAD DATA says beside what every statement does: its file, where its name stands, what is done with duplicates. */
const LOAD_BYTES = 13;
const ANSI_QUOTES = 4n;

const STATUS = { flags2: 0, sqlMode: 1, autoIncrement: 3, charset: 4, catalog: 6 } as const;

/** Reads a statement from behind its event's header. @throws MalformedBytesError */
export function readQuery(bytes: BinlogBytes, form: "plain" | "compressed" | "load"): QueryEvent {
  const threadId = bytes.u32();
  bytes.skip(4);
  const databaseLength = bytes.u8();
  bytes.skip(2);
  const statusLength = bytes.u16();
  if (form === "load") bytes.skip(LOAD_BYTES);
  const behindStatus = bytes.at + statusLength;
  const status = readStatus(bytes, behindStatus);
  bytes.skip(behindStatus - bytes.at);
  const database = bytes.text(databaseLength);
  bytes.skip(1);
  return { kind: "query", threadId, database, sql: form === "compressed" ? inflate(bytes) : bytes.rest(), ...status };
}

/** How the session was set. The server writes what is looked for before anything that is not known here. */
function readStatus(bytes: BinlogBytes, end: number): Pick<QueryEvent, "collation" | "hasAnsiQuotes"> {
  let hasAnsiQuotes = false;
  while (bytes.at < end)
    switch (bytes.u8()) {
      case STATUS.flags2:
      case STATUS.autoIncrement:
        bytes.skip(4);
        break;
      case STATUS.sqlMode:
        hasAnsiQuotes = (bytes.u64() & ANSI_QUOTES) !== 0n;
        break;
      case STATUS.catalog:
        bytes.skip(bytes.u8());
        break;
      case STATUS.charset:
        return { collation: bytes.u16(), hasAnsiQuotes };
      default:
        return { collation: undefined, hasAnsiQuotes };
    }
  return { collation: undefined, hasAnsiQuotes };
}
