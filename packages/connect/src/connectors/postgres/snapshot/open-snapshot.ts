import type { PgSession } from "../connection/pg-session.ts";
import { sqlText } from "../connection/sql-text.ts";
import type { Lsn } from "../pgoutput/lsn.ts";
import { type SnapshotParts, SnapshotReader } from "./snapshot-reader.ts";

const FIRST_PAUSE_MS = 20;
const PAUSE_MAX_MS = 1000;

/** How a snapshot begins. */
export interface SnapshotStart {
  readonly parts: SnapshotParts;
  /** What a slot just made exported; null: the slot is older. */
  readonly snapshotName: string | null;
  readonly lsn: Lsn;
  /** `snapshot.lock.timeout.ms` */
  readonly lockTimeoutMs: number;
  /** A new slot in place of the one just made, with another snapshot. */
  remakeSlot(): Promise<{ readonly lsn: Lsn; readonly snapshotName: string | null }>;
}

/** A table stayed held: time may cure it (SQLSTATE 55P03). */
class TableIsHeld extends Error {
  readonly code = "55P03";
}

/**
 * A transaction in which every table can be read; where one was rewritten in the moment between, with a new slot of ours or at least a later look. Between tries it holds no lock and waits longer each time; when
 * `lockTimeoutMs` are over it says which table is held.
 */
export async function openSnapshot(
  rows: PgSession,
  { parts, lockTimeoutMs, remakeSlot, ...given }: SnapshotStart,
): Promise<{ readonly reader: SnapshotReader; readonly lsn: Lsn }> {
  const { clock, log } = parts;
  const startedMs = clock.monotonicMs();
  let { snapshotName, lsn } = given;
  for (let tries = 1; ; tries++) {
    await rows.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (snapshotName !== null) await rows.query(`SET TRANSACTION SNAPSHOT ${sqlText(snapshotName)}`);
    const reader = new SnapshotReader(rows, parts, lsn);
    const problem = await reader.prepare();
    if (problem === undefined) return { reader, lsn };
    await rows.query("ROLLBACK");
    const waitedMs = Math.round(clock.monotonicMs() - startedMs);
    log.info("The snapshot is begun again", { problem, tries, waitedMs });
    if (waitedMs > lockTimeoutMs)
      throw new TableIsHeld(
        `No snapshot could be begun within snapshot.lock.timeout.ms (${lockTimeoutMs} ms, ${tries} tries): ${problem}.`,
      );
    await new Promise<void>((resolve) => void clock.schedule(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 10), PAUSE_MAX_MS), resolve));
    if (snapshotName !== null) ({ snapshotName, lsn } = await remakeSlot());
  }
}
