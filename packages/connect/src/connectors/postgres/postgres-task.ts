import type { Clock } from "@ottla/base";
import { ConnectError } from "../../connect-error.ts";
import type { SourcePlace } from "../../data/connect-record.ts";
import type { SourceItem, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { reconnectWaitMs } from "../reconnect-wait.ts";
import { PostgresReading } from "./postgres-reading.ts";
import type { PostgresConfig } from "./postgres-config.ts";
import { PgSession } from "./connection/pg-session.ts";
import { sqlText } from "./connection/sql-text.ts";
import { isPassing } from "./connection/passing-error.ts";
import { isUndecodable } from "./connection/undecodable.ts";
import { laterLsn, type Lsn, NO_LSN } from "./pgoutput/lsn.ts";
import { readOffset } from "./changes/cdc-offset.ts";

/** How often in all the same is tried that PostgreSQL cannot decode. */
const DECODING_TRIES = 3;

/** One task's way through the log: what it handed on last, and what is durable. A lost server is gone back to, from the record behind the last one that was handed on. */
export class PostgresTask {
  readonly #config: PostgresConfig;
  readonly #context: SourceTaskContext<object>;
  readonly #clock: Clock;
  #reading: PostgresReading | undefined;
  #durable: Lsn = NO_LSN;

  constructor(config: PostgresConfig, context: SourceTaskContext<object>, clock: Clock) {
    this.#config = config;
    this.#context = context;
    this.#clock = clock;
  }

  /** Records and offsets up to here are durable. */
  acked(offset: SourcePlace): void {
    this.#durable = laterLsn(this.#durable, readOffset(offset).commitLsn);
    this.#reading?.acknowledge(this.#durable);
  }

  async *read(): AsyncGenerator<readonly SourceItem[]> {
    const { signal, log, offsets } = this.#context;
    let place = await offsets.get({ server: this.#config["topic.prefix"] });
    let isFirst = true;
    let undecodable = { problem: "", tries: 0 };
    let lost: string | undefined;
    for (let failures = 0; !signal.aborted; failures++) {
      const reading = new PostgresReading(this.#config, this.#context, this.#clock, isFirst);
      isFirst = false;
      this.#reading = reading;
      const stop = (): void => void reading.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        for await (const items of reading.read(place === undefined ? undefined : readOffset(place), lost)) {
          failures = 0;
          lost = undefined;
          place = items.at(-1)!.offset;
          yield items;
          reading.acknowledge(this.#durable);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        const retriesMax = this.#config["errors.max.retries"];
        const problem = error instanceof Error ? error.message : String(error);
        const isDecoding = isUndecodable(error);
        if (isDecoding) {
          undecodable = { problem, tries: undecodable.problem === problem ? undecodable.tries + 1 : 1 };
          if (undecodable.tries >= DECODING_TRIES) lost = this.#lostSlot(error);
        }
        if ((!isDecoding && !isPassing(error)) || (retriesMax >= 0 && failures >= retriesMax)) throw asConnectError(error);
        const waitMs = reconnectWaitMs(failures, this.#config["retriable.restart.connector.wait.ms"]);
        log.warn(isDecoding ? "PostgreSQL cannot decode its log and is asked again" : "PostgreSQL was lost and is tried again", {
          waitMs,
          problem,
        });
        await this.#wait(waitMs);
      } finally {
        signal.removeEventListener("abort", stop);
        await reading.close();
      }
    }
  }

  /** What is said of a slot that brings nothing any more. @throws ConnectError unless `when_needed` makes another one. */
  #lostSlot(cause: Error): string {
    const problem = `PostgreSQL cannot decode what the slot "${this.#config["slot.name"]}" brings (${cause.message}): most likely the slot was made while tables changed, and lacks one of the changes.`;
    if (this.#config["snapshot.mode"] === "when_needed") return problem;
    throw new ConnectError(
      "CONNECT_STATE",
      `${problem} Drop the slot, reset the connector's offsets, and start again: the tables are read anew. Or set snapshot.mode to when_needed, which does that by itself.`,
      { cause },
    );
  }

  /** `slot.drop.on.stop`: what is written from here on is not kept. */
  async dropSlot(): Promise<void> {
    const session = await PgSession.open(this.#config, "query");
    try {
      const name = sqlText(this.#config["slot.name"]);
      // The server may not have seen yet that its reader is gone.
      await session.query(`SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ${name} AND active`);
      await session.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ${name} AND NOT active`);
    } finally {
      await session.close();
    }
  }

  #wait(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.schedule(waitMs, resolve);
      this.#context.signal.addEventListener("abort", () => (timer.cancel(), resolve()), { once: true });
    });
  }
}

function asConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const { message, detail, hint } = error as { readonly message?: string; readonly detail?: string; readonly hint?: string };
  const told = [message ?? String(error), detail, hint].filter((text) => text !== undefined && text !== "");
  return new ConnectError("CONNECT_SOURCE", `PostgreSQL refuses: ${told.join(". ")}`, { cause: error });
}
