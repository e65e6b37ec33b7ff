// A day that stands still says where: what the database's sessions wait for, who has the slot, what the task logged last.
import { setInterval } from "node:timers";
import pg from "pg";

const STANDSTILL_MS = 20_000;
const LOOK_TIMEOUT_MS = 3000;

const QUESTIONS = {
  sessions: `SELECT pid, backend_type, application_name, state, wait_event_type, wait_event, round(extract(epoch FROM now() - query_start)::numeric, 1) AS seconds, pg_blocking_pids(pid) AS blocked_by, left(query, 120) AS query
     FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND (state IS NOT NULL OR backend_type = 'walsender')`,
  slots:
    "SELECT slot_name, active, active_pid, restart_lsn, confirmed_flush_lsn, wal_status, pg_current_wal_lsn() AS now FROM pg_replication_slots",
  waiting: "SELECT pid, locktype, relation::regclass, transactionid, mode FROM pg_locks WHERE NOT granted",
};

/** What is watched of a day. */
export interface WatchedDay {
  readonly connection: pg.ClientConfig;
  /** Grows while the day goes on. */
  progress(): number;
  /** What the day is doing, and what was logged last. */
  told(): unknown;
}

/** Watches from here until {@link StandstillWatch.stop}. */
export class StandstillWatch {
  /** Rejects with where it stands, once nothing went on for 20 s. */
  readonly stoodStill: Promise<never>;
  longestMs = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(day: WatchedDay) {
    let last = day.progress();
    let sinceMs = performance.now();
    let reject: (error: Error) => void = () => undefined;
    this.stoodStill = new Promise((_, fail) => (reject = fail));
    this.stoodStill.catch(() => undefined);
    this.#timer = setInterval(() => {
      const now = day.progress();
      const nowMs = performance.now();
      if (now !== last) {
        last = now;
        sinceMs = nowMs;
        return;
      }
      this.longestMs = Math.max(this.longestMs, nowMs - sinceMs);
      if (nowMs - sinceMs < STANDSTILL_MS) return;
      clearInterval(this.#timer);
      void look(day.connection).then((seen) =>
        reject(
          new Error(
            `The day stood still for ${Math.round(nowMs - sinceMs)} ms: ${JSON.stringify({ day: day.told(), ...seen }, undefined, 1)}`,
          ),
        ),
      );
    }, 250);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function look(connection: pg.ClientConfig): Promise<Record<string, unknown>> {
  const client = new pg.Client({
    ...connection,
    connectionTimeoutMillis: LOOK_TIMEOUT_MS,
    query_timeout: LOOK_TIMEOUT_MS,
    application_name: "watch",
  });
  client.on("error", () => undefined);
  const seen: Record<string, unknown> = {};
  try {
    await client.connect();
    for (const [what, question] of Object.entries(QUESTIONS))
      seen[what] = await client.query(question).then(
        ({ rows }) => rows as unknown,
        (error: Error) => error.message,
      );
  } catch (error) {
    seen["problem"] = error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
  return seen;
}
