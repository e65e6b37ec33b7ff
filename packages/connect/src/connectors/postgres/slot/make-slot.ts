import type { Clock, Logger } from "@ottla/base";
import type { PgSession } from "../connection/pg-session.ts";
import { sqlName } from "../connection/sql-text.ts";
import type { Lsn } from "../pgoutput/lsn.ts";
import type { PostgresConfig } from "../postgres-config.ts";
import type { TableFilter } from "../tables/table-filter.ts";
import { createSlot, oldestWriters } from "./server.ts";
import { changedBetween, tableMarks } from "./table-marks.ts";
import { toldWhile } from "./told-while.ts";

const TELL_MS = 10_000;
const TRIES_MAX = 10;
const FIRST_PAUSE_MS = 50;
const NAMES_TOLD = 5;

/** What a slot is made with. */
export interface SlotParts {
  /** Asks beside the making. */
  readonly session: PgSession;
  readonly replication: PgSession;
  readonly version: number;
  readonly config: PostgresConfig;
  readonly filter: TableFilter;
  readonly snapshot: "export" | "nothing";
  readonly clock: Clock;
  readonly log: Logger;
}

/** A slot just made; what its snapshot is called lasts until the replication session is used again. */
export interface MadeSlot {
  readonly lsn: Lsn;
  readonly snapshotName: string | null;
}

/**
 * Makes the slot, once all transactions that write by now have ended; what it waits for is told.
 *
 * While PostgreSQL builds a slot's view of the catalog it forgets what transactions that begin and end meanwhile change of tables (15 to 18, seen on 15 and 18): a transaction that began before the slot was whole and ends behind it is
 * then decoded by the columns of before, without a word, or not at all, as often as it is tried. So a slot that was made while captured tables, types or publications changed is made again.
 */
export async function makeSlot({ session, replication, version, config, filter, snapshot, clock, log }: SlotParts): Promise<MadeSlot> {
  const name = config["slot.name"];
  const tell = async (): Promise<void> => {
    const waitsFor = await oldestWriters(session);
    log.warn("The slot is made when the transactions that write now have ended", { slot: name, waitsFor });
  };
  for (let tries = 1; ; tries++) {
    const before = await tableMarks(session, version, filter);
    const made = createSlot(replication, name, { version, isFailover: config["slot.failover"], snapshot });
    const slot = await toldWhile(made, clock, TELL_MS, tell);
    const changed = changedBetween(before, await tableMarks(session, version, filter)).slice(0, NAMES_TOLD);
    if (changed.length === 0) return slot;
    if (tries === TRIES_MAX) {
      log.warn("Tables changed each time that the slot was made; a row that was written meanwhile may lack a new column", {
        slot: name,
        changed,
      });
      return slot;
    }
    log.info("The slot is made again, since tables changed while it was made", { slot: name, changed, tries });
    await dropSlot(replication, name);
    await new Promise<void>((resolve) => void clock.schedule(FIRST_PAUSE_MS * tries, resolve));
  }
}

/** One that this session made. */
export async function dropSlot(replication: PgSession, name: string): Promise<void> {
  await replication.query(`DROP_REPLICATION_SLOT ${sqlName(name)} WAIT`);
}
