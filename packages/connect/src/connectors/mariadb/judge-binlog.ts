import { MalformedBytesError } from "@ottla/base";
import { ConnectError } from "../../connect-error.ts";
import type { CdcOffset } from "./changes/cdc-offset.ts";
import type { ServerFacts } from "./connection/server.ts";

const REMEDY =
  "Reset the connector's offsets and start again: the tables are read anew. Or set snapshot.mode to when_needed, which does that by itself.";
/** The server's number for everything that its dump of the binlog cannot do. */
const FATAL_DUMP_ERROR = 1236;

/** What comes behind the offset is gone, or may be. `snapshot.mode=when_needed` reads the tables anew. */
export class BinlogLostError extends ConnectError {
  constructor(problem: string, cause?: unknown) {
    super("CONNECT_STATE", `${problem} ${REMEDY}`, cause === undefined ? {} : { cause });
  }
}

/** Whether places of the offset mean anything on this server. @throws BinlogLostError */
export function judgeServer({ place, identity }: CdcOffset, server: ServerFacts): void {
  const hasSet = place.gtids?.includes(":") === true;
  if (place.gtids !== undefined && place.gtids !== "" && hasSet === server.isMariaDb)
    throw new BinlogLostError(
      `The offset's GTIDs (${place.gtids}) are of ${hasSet ? "MySQL" : "MariaDB"}, but this server is ${server.isMariaDb ? "MariaDB" : "MySQL"}, where they mean nothing.`,
    );
  const before = identity?.serverUid;
  if (before === undefined || server.uid === undefined || before === server.uid) return;
  if (place.gtids !== undefined && place.gtids !== "") return;
  throw new BinlogLostError(
    `The offset is of the server ${before}, but this one is ${server.uid}, and it names a place (${place.file}:${place.position}) that means nothing here: it has no GTIDs.`,
  );
}

/** MySQL: whether the transactions behind the offset are found by GTIDs; where the server writes none any longer its own file and place say where reading goes on. @throws BinlogLostError */
export function judgeGtidMode({ place, identity }: CdcOffset, server: ServerFacts, mode: string | undefined): boolean {
  if (place.gtids === undefined || place.gtids === "") return false;
  if (mode === "ON") return true;
  if (identity !== undefined && identity.serverUid === server.uid) return false;
  throw new BinlogLostError(
    `The offset names the transactions that are done (${place.gtids}), but this server has gtid_mode=${mode ?? "OFF"} and is not the one whose file ${place.file} it names: SET GLOBAL gtid_mode=ON (by way of the modes between).`,
  );
}

const ASKED_POSITION_END = 2n ** 32n;

/** Whether the protocol can ask for a place without GTIDs: it has 32 bits for it, and one transaction may make a file larger. @throws BinlogLostError */
export function judgePosition({ place }: CdcOffset): void {
  if (place.position >= ASKED_POSITION_END)
    throw new BinlogLostError(
      `The offset's place ${place.file}:${place.position} is beyond 4 GiB, where no server can be asked to begin without GTIDs.`,
    );
}

/** Whether the file in which the stream begins is the one that the offset means. Of the same server alone: another one has other files. @throws BinlogLostError */
export function judgeFile({ place, identity }: CdcOffset, server: ServerFacts, file: string, fileSec: number): void {
  if (identity === undefined || identity.serverUid !== server.uid) return;
  const isOlder = numberOf(file) < numberOf(place.file);
  const isAnother = file === place.file && identity.fileSec !== undefined && fileSec !== 0 && fileSec !== identity.fileSec;
  if (!isOlder && !isAnother) return;
  throw new BinlogLostError(
    `Everything is read up to ${place.file}:${place.position}, but the server begins at ${file}${isAnother ? ", which it made at another time" : ""}: its binlogs were reset (RESET MASTER), or its data were replaced.`,
  );
}

const numberOf = (file: string): number => Number(/\d+$/.exec(file)?.[0] ?? 0);

/** What the server says of a dump that it refuses. */
export function asDumpError(error: unknown, { place }: CdcOffset, serverId: number): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  if (error instanceof MalformedBytesError)
    return new ConnectError("CONNECT_SOURCE", `Behind ${place.file}:${place.position} the binlog cannot be read: ${message}`, {
      cause: error,
    });
  // It has a number of its own in MariaDB.
  if (/same server_?(?:uu)?id/i.test(message))
    return new ConnectError(
      "CONNECT_CONFIG",
      `Another replica or connector reads the binlog as server ${serverId}, and the server let go of this one: give each its own database.server.id. (${message})`,
      { cause: error },
    );
  if ((error as { readonly errno?: unknown }).errno !== FATAL_DUMP_ERROR) return error;
  const at = place.gtids === undefined || place.gtids === "" ? `${place.file}:${place.position}` : place.gtids;
  return new BinlogLostError(
    `The server no longer has what comes behind ${at}: ${message}. Its binlogs were purged (binlog_expire_logs_seconds) or reset.`,
    error,
  );
}
