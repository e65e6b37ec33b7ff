import type { Clock, Logger } from "@ottla/base";
import { applicationName, type PgSession } from "../connection/pg-session.ts";
import { sqlText } from "../connection/sql-text.ts";
import type { PostgresConfig } from "../postgres-config.ts";
import type { SlotState } from "./judge-slot.ts";
import { findSlot } from "./server.ts";

const LOOK_MS = 100;
const TELL_MS = 5000;
/** A reader of ours answers once in `status.update.interval.ms`; one that did not in so many of them is dead. */
const SILENT_INTERVALS = 3;
const SILENT_MIN_MS = 3000;

/**
 * The slot, once nobody reads it. A reader that was killed is seen by the server at once as a rule; one that the server still takes for alive (its machine is gone, its network cut) is ended as soon as it has been silent for
 * longer than a reader of this connector ever is. Somebody else's reader is left alone: after as long a wait the error says whose it is, and that is tried again later (SQLSTATE 55006).
 */
export async function freeSlot(
  session: PgSession,
  config: PostgresConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<SlotState | undefined> {
  const name = config["slot.name"];
  const silentMs = Math.max(SILENT_MIN_MS, SILENT_INTERVALS * config["status.update.interval.ms"]);
  const startedMs = clock.monotonicMs();
  let toldMs = Number.NEGATIVE_INFINITY;
  let answered = { by: "", sinceMs: startedMs };
  for (;;) {
    const slot = await findSlot(session, name);
    if (slot === undefined || !slot.isActive) return slot;
    const reader = await readerOf(session, name);
    const nowMs = clock.monotonicMs();
    const by = `${reader.pid} ${reader.repliedAt}`;
    if (by !== answered.by) answered = { by, sinceMs: nowMs };
    if (nowMs - toldMs > TELL_MS) {
      toldMs = nowMs;
      log.info("The slot is being read by another session, and is waited for", { slot: name, reader: reader.told });
    }
    const isOurs = reader.application === applicationName(config);
    // One that is making the slot has nothing to answer to.
    if (isOurs && slot.confirmedLsn !== undefined && reader.repliedAt !== undefined && nowMs - answered.sinceMs > silentMs) {
      log.warn("A reader of this connector has been silent for too long, and its session is ended", {
        slot: name,
        reader: reader.told,
        silentMs,
      });
      await session.query(
        `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ${sqlText(name)} AND active_pid = ${reader.pid}`,
      );
      answered = { by: "", sinceMs: nowMs };
    } else if (nowMs - startedMs > 2 * silentMs) throw new SlotIsRead(name, reader.told);
    await new Promise<void>((resolve) => void clock.schedule(LOOK_MS, resolve));
  }
}

/** Passing, by its SQLSTATE. */
class SlotIsRead extends Error {
  readonly code = "55006";
  constructor(slot: string, reader: string) {
    super(`The slot "${slot}" is read by ${reader}. Only one reader is possible: stop that one, or give slot.name another value.`);
  }
}

interface SlotReader {
  readonly pid: number;
  readonly application: string;
  /** By its own clock, or `never`; undefined: the role may not see it. */
  readonly repliedAt: string | undefined;
  readonly told: string;
}

async function readerOf(session: PgSession, name: string): Promise<SlotReader> {
  const [[pid, application, address, since, repliedAt] = []] = await session.query(
    `SELECT s.active_pid, a.application_name, a.client_addr, date_trunc('second', a.backend_start),
       coalesce(r.reply_time::text, CASE WHEN r.state IS NOT NULL THEN 'never' END)
     FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
     WHERE s.slot_name = ${sqlText(name)}`,
  );
  return {
    pid: Number(pid ?? 0),
    application: application ?? "",
    repliedAt: repliedAt ?? undefined,
    told: `pid ${pid ?? "?"}${application ? ` (${application})` : ""}${address ? ` from ${address}` : ""}${since ? `, there since ${since}` : ""}`,
  };
}
