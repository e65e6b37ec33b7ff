import type { Logger } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import type { MariadbSession } from "./mariadb-session.ts";

/** The server's numbers for what a user may not do. */
const ACCESS_DENIED: ReadonlySet<number> = new Set([1044, 1045, 1227]);

/** The server as it says it is. */
export interface ServerFacts {
  readonly version: string;
  readonly isMariaDb: boolean;
  /** What is this server's alone: `server_uid` of MariaDB, `server_uuid` of MySQL. Undefined: it has none. */
  readonly uid: string | undefined;
  readonly serverId: number;
}

/** A place between two transactions. */
export interface BinlogPlace {
  readonly file: string;
  readonly position: bigint;
  /**
   * MariaDB: the last transaction of each domain, `0-1-7,2-1-9`. MySQL: all that are done, `uuid:1-7`. Empty where there is none yet; undefined: not known, or
   * MySQL writes none.
   */
  readonly gtids: string | undefined;
}

export async function serverFacts(session: MariadbSession): Promise<ServerFacts> {
  const [version, serverId] = await session.texts("SELECT VERSION(), @@global.server_id");
  const isMariaDb = /mariadb/i.test(version ?? "");
  const uid = (await variable(session, isMariaDb ? "server_uid" : "server_uuid")) ?? undefined;
  return { version: version ?? "", isMariaDb, uid, serverId: Number(serverId) };
}

/** A setting of the server; undefined: it has no such. */
export async function variable(session: MariadbSession, name: string): Promise<string | undefined> {
  return (await session.texts(`SHOW GLOBAL VARIABLES LIKE '${name}'`))[1] ?? undefined;
}

/** What a server must be set to; each with what to do. */
export async function wrongSettings(session: MariadbSession): Promise<string[]> {
  const wrong: string[] = [];
  if ((await variable(session, "log_bin")) !== "ON")
    wrong.push("log_bin is OFF, so there is no binlog: set log_bin and server_id in the server's file and restart it.");
  if ((await variable(session, "binlog_format")) !== "ROW")
    wrong.push(
      "binlog_format is not ROW: SET GLOBAL binlog_format=ROW, in the server's file too; sessions that are open keep what they had.",
    );
  const image = (await variable(session, "binlog_row_image")) ?? "FULL";
  if (image !== "FULL" && image !== "FULL_NODUP")
    wrong.push(`binlog_row_image is ${image}: SET GLOBAL binlog_row_image=FULL, in the server's file too.`);
  if ((await variable(session, "binlog_row_metadata")) !== "FULL")
    wrong.push(
      "binlog_row_metadata is not FULL, so that rows come without the names of their columns: SET GLOBAL binlog_row_metadata=FULL, in the server's file too.",
    );
  return wrong;
}

/** Where the binlog ends now. */
export async function currentPlace(session: MariadbSession, { isMariaDb }: ServerFacts): Promise<BinlogPlace> {
  const rows = await session.texts("SHOW MASTER STATUS").catch(() => session.texts("SHOW BINARY LOG STATUS"));
  const [file, position, , , executed] = rows;
  if (file === undefined || file === null || position === undefined || position === null)
    throw new ConnectError("CONNECT_SOURCE", "The server has no binlog: set log_bin and server_id in its file and restart it.");
  if (isMariaDb) return { file, position: BigInt(position), gtids: await gtidsAt(session, file, BigInt(position)) };
  const hasGtids = (await variable(session, "gtid_mode")) === "ON";
  return { file, position: BigInt(position), gtids: hasGtids ? (executed ?? "").replace(/\s/g, "") : undefined };
}

/** Begins a transaction that sees all rows as they are at one place of the binlog, and says which. Without a lock in MariaDB; MySQL stands still for a moment. */
export async function beginSnapshot(session: MariadbSession, server: ServerFacts, log: Logger): Promise<BinlogPlace> {
  await session.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  if (!server.isMariaDb) return beginMysqlSnapshot(session, server, log);
  await session.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  const status = new Map(
    (await session.query("SHOW STATUS LIKE 'binlog_snapshot_%'")).map(([name, value]) => [String(name).toLowerCase(), String(value)]),
  );
  const file = status.get("binlog_snapshot_file") ?? "";
  if (file === "")
    throw new ConnectError("CONNECT_SOURCE", "The server has no binlog: set log_bin and server_id in its file and restart it.");
  const position = BigInt(status.get("binlog_snapshot_position") ?? "4");
  return { file, position, gtids: await gtidsAt(session, file, position) };
}

async function beginMysqlSnapshot(session: MariadbSession, server: ServerFacts, log: Logger): Promise<BinlogPlace> {
  const before = await currentPlace(session, server);
  try {
    await session.query("FLUSH TABLES WITH READ LOCK");
  } catch (error) {
    if (!ACCESS_DENIED.has(Number((error as { readonly errno?: unknown }).errno))) throw error;
    log.warn("The user may not hold the server for a moment (RELOAD): what is committed while the snapshot begins comes again behind it");
    await session.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    return before;
  }
  try {
    await session.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    return await currentPlace(session, server);
  } finally {
    await session.query("UNLOCK TABLES");
  }
}

/** MariaDB's GTIDs at a place; undefined: it has none there. */
async function gtidsAt(session: MariadbSession, file: string, position: bigint): Promise<string | undefined> {
  const [gtids] = await session.texts(`SELECT BINLOG_GTID_POS(X'${Buffer.from(file).toString("hex")}', ${position})`);
  return gtids ?? undefined;
}
