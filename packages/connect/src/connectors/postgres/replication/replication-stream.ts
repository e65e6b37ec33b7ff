import type { Clock, Timer } from "@ottla/base";
import type { PgSession } from "../connection/pg-session.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import { formatLsn, type Lsn, NO_LSN } from "../pgoutput/lsn.ts";
import { readReplicationMessage, statusUpdate } from "./replication-message.ts";

/** Beyond so many bytes the socket is not read until half of them were taken. */
const QUEUE_BYTES_MAX = 8 * 1024 * 1024;

/** What a stream is of. */
export interface StreamOptions {
  readonly slot: string;
  readonly publication: string;
  /** Nothing that was committed before this place comes. */
  readonly from: Lsn;
  /** `pg_logical_emit_message` (PostgreSQL 14). */
  readonly messages: boolean;
  readonly statusIntervalMs: number;
}

/**
 * A replication stream that is pulled. The server is told in time what it need not keep, whether anybody pulls or not; its question for an answer is answered at once.
 * Transactions come whole, in the order of their commits (protocol 1: a large one waits on the server's disk, not in this process).
 */
export class ReplicationStream {
  readonly #session: PgSession;
  readonly #clock: Clock;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isPaused = false;
  #isEnded = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #received: Lsn;
  #flushed: Lsn = NO_LSN;
  #timer: Timer | undefined;

  private constructor(session: PgSession, clock: Clock, from: Lsn) {
    this.#session = session;
    this.#clock = clock;
    this.#received = from;
  }

  static async open(session: PgSession, clock: Clock, options: StreamOptions): Promise<ReplicationStream> {
    const stream = new ReplicationStream(session, clock, options.from);
    await stream.#start(options);
    return stream;
  }

  async #start({ slot, publication, from, messages, statusIntervalMs }: StreamOptions): Promise<void> {
    const { connection } = this.#session;
    // The driver writes later messages over what it gave out.
    connection.on("copyData", ({ chunk }) => this.#take(Buffer.from(chunk)));
    const parameters = [
      `proto_version '1'`,
      `publication_names ${sqlText(sqlName(publication))}`,
      ...(messages ? [`messages 'true'`] : []),
    ];
    await new Promise<void>((resolve, reject) => {
      connection.once("replicationStart", resolve);
      this.#session.query(`START_REPLICATION SLOT ${sqlName(slot)} LOGICAL ${formatLsn(from)} (${parameters.join(", ")})`).then(
        () => this.#end(new Error("The server ended the replication stream.")),
        (error: Error) => {
          reject(error);
          this.#end(error);
        },
      );
    });
    const tick = (): void => {
      this.#tell();
      this.#timer = this.#clock.schedule(statusIntervalMs, tick);
    };
    this.#timer = this.#clock.schedule(statusIntervalMs, tick);
  }

  /** What has come, as soon as there is something; nothing after `waitMs` without. Throws what ended the stream. */
  async next(waitMs: number): Promise<readonly Buffer[]> {
    if (this.#queue.length === 0 && !this.#isEnded) {
      let timer: Timer | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = this.#clock.schedule(waitMs, resolve);
      });
      timer?.cancel();
      this.#wake = undefined;
    }
    const taken = this.#queue;
    if (taken.length === 0 && this.#failure !== undefined) throw this.#failure;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#isPaused && !this.#isEnded) {
      this.#isPaused = false;
      this.#session.connection.stream.resume();
    }
    return taken;
  }

  /** Ends the wait of {@link ReplicationStream.next}, if there is one. */
  nudge(): void {
    this.#wake?.();
  }

  /** The server may forget what was committed before this place. Told at once. */
  acknowledge(flushed: Lsn): void {
    if (flushed <= this.#flushed) return;
    this.#flushed = flushed;
    this.#tell();
  }

  async close(): Promise<void> {
    this.#end(new Error("The replication stream was closed."));
    await this.#session.close();
  }

  #take(bytes: Buffer): void {
    const message = readReplicationMessage(bytes);
    const place = message.kind === "data" ? message.lsn : message.walEnd;
    if (place > this.#received) this.#received = place;
    if (message.kind === "keepalive" && message.isReplyAsked) this.#tell();
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > QUEUE_BYTES_MAX && !this.#isPaused) {
      this.#isPaused = true;
      this.#session.connection.stream.pause();
    }
    this.#wake?.();
  }

  #tell(): void {
    if (this.#isEnded) return;
    this.#session.connection.sendCopyFromChunk(statusUpdate(this.#received, this.#flushed, this.#clock.nowMs()));
  }

  #end(failure: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#failure = failure;
    this.#timer?.cancel();
    this.#wake?.();
  }
}
