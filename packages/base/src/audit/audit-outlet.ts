import type { Clock, Timer } from "../seams/clock.ts";
import type { Logger } from "../seams/logger.ts";
import { TimeSlice } from "../time-slice.ts";
import { AUDIT_FORMAT_VERSION, type AuditBody, type AuditEvent } from "./audit-event.ts";

/** Where events end: a file, a topic. */
export interface AuditSink {
  /** For the log: the file's path, the topic's name. */
  readonly place: string;
  /** Takes lines, each with its end. After a rejection none of them counts as written; the same ones come again. */
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** An event before it has its number. */
export interface StampedBody {
  readonly timeMs: number;
  readonly node: number;
  readonly body: AuditBody;
}

/** So long events wait for others before they are written, in ms. */
const GATHER_MS = 50;
/** Events of one write. */
const WRITE_MAX = 500;
/** Between two tries after a failure, in ms: doubled each time. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;
const LOSS_SAID_EVERY_MS = 10_000;

interface OutletDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** For events about events. */
  readonly node: number;
}

/**
 * The events that wait for one sink. They are written behind the requests' backs, oldest first. A sink that fails is tried again; meanwhile so many wait as there is room for, and
 * the others are counted, and told when writing works again.
 */
export class AuditOutlet {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #node: number;
  readonly #sink: AuditSink;
  readonly #waitingMax: number;
  readonly #waiting: AuditEvent[] = [];
  #seq = 0;
  #lost = 0;
  #lostEver = 0;
  #written = 0;
  #failedTimes = 0;
  #saidUntilMs = -Infinity;
  #timer: Timer | undefined;
  #drain: Promise<void> | undefined;
  #isClosed = false;

  constructor(deps: OutletDeps, sink: AuditSink, waitingMax: number) {
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#node = deps.node;
    this.#sink = sink;
    this.#waitingMax = waitingMax;
  }

  get writtenCount(): number {
    return this.#written;
  }

  /** Events that will never be written. */
  get lostCount(): number {
    return this.#lostEver;
  }

  offer(event: StampedBody): void {
    if (this.#isClosed) return;
    const seq = ++this.#seq;
    if (this.#waiting.length < this.#waitingMax) this.#waiting.push(numbered(event, seq));
    else this.#lose();
    if (this.#timer === undefined && this.#drain === undefined) this.#wait(GATHER_MS);
  }

  /** Writes what waits now, in one try; whether all that was told so far is written. */
  async flush(): Promise<boolean> {
    if (this.#isClosed) return false;
    while (this.#drain !== undefined) await this.#drain;
    this.#stopWaiting();
    if (this.#waiting.length > 0 || this.#lost > 0) await this.#begin();
    return this.#waiting.length === 0 && this.#lost === 0;
  }

  /** Writes what waits, in one try, and closes the sink. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#drain;
    this.#timer?.cancel();
    this.#isClosed = true;
    await this.#write();
    if (this.#waiting.length > 0)
      this.#logger.error("audit events could not be written before the end", {
        to: this.#sink.place,
        lost: this.#waiting.length + this.#lost,
      });
    try {
      await this.#sink.close();
    } catch (error) {
      this.#logger.error("the end of the audit events may not be on the disk", { to: this.#sink.place, error: messageOf(error) });
    }
  }

  /** As a killed process would. */
  abandon(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting.length = 0;
  }

  #wait(delayMs: number): void {
    this.#timer = this.#clock.schedule(delayMs, () => {
      this.#timer = undefined;
      void this.#begin();
    });
  }

  #stopWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #begin(): Promise<void> {
    const drain = this.#write().finally(() => {
      this.#drain = undefined;
      if (!this.#isClosed && (this.#waiting.length > 0 || this.#lost > 0)) this.#wait(this.#failedTimes > 0 ? this.#retryMs() : GATHER_MS);
    });
    this.#drain = drain;
    return drain;
  }

  /** Never rejects. Ends when nothing waits, or at the first failure. */
  async #write(): Promise<void> {
    const slice = new TimeSlice(this.#clock);
    while (this.#waiting.length > 0 || this.#lost > 0) {
      this.#tellLoss();
      const lines: string[] = [];
      while (lines.length < Math.min(WRITE_MAX, this.#waiting.length) && !(lines.length > 0 && slice.isOver))
        lines.push(`${JSON.stringify(this.#waiting[lines.length])}\n`);
      try {
        await this.#sink.write(lines);
      } catch (error) {
        this.#failed(error);
        return;
      }
      this.#waiting.splice(0, lines.length);
      this.#written += lines.length;
      this.#worked();
      if (slice.isOver) await slice.rest();
    }
  }

  #lose(): void {
    this.#lost++;
    this.#lostEver++;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#saidUntilMs) return;
    this.#saidUntilMs = nowMs + LOSS_SAID_EVERY_MS;
    this.#logger.warn("there is no room for more audit events, and some are lost", {
      to: this.#sink.place,
      lostSinceTheStart: this.#lostEver,
    });
  }

  /** Behind those that waited, as soon as there is room. */
  #tellLoss(): void {
    if (this.#lost === 0 || this.#waiting.length >= this.#waitingMax) return;
    const body = { kind: "lost", count: this.#lost } as const;
    this.#waiting.push(numbered({ timeMs: this.#clock.nowMs(), node: this.#node, body }, ++this.#seq));
    this.#lost = 0;
  }

  #failed(error: unknown): void {
    if (this.#failedTimes++ === 0)
      this.#logger.error("audit events cannot be written; they wait, and those for which there is no room are lost", {
        to: this.#sink.place,
        error: messageOf(error),
      });
  }

  #worked(): void {
    if (this.#failedTimes === 0) return;
    this.#failedTimes = 0;
    this.#logger.warn("audit events are written again", { to: this.#sink.place, lostSinceTheStart: this.#lostEver });
  }

  #retryMs(): number {
    return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(10, this.#failedTimes - 1));
  }
}

function numbered({ timeMs, node, body }: StampedBody, seq: number): AuditEvent {
  return { v: AUDIT_FORMAT_VERSION, time: new Date(timeMs).toISOString(), seq, node, ...body };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
