import type { Clock, Logger } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { clientErrorCode } from "./append-errors.ts";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import type { AppendOutcome, CoordinatorLog, LogRecord, RecordTransaction, TransactionEnd } from "./coordinator-log.ts";
import type { CoordinatorSpec, CoordinatorTypes, Decision, Reply, RequestToken } from "./coordinator-spec.ts";
import { CoordinatorTimers } from "./coordinator-timers.ts";
import { WaitingRequests } from "./waiting-requests.ts";

/** Records that stand alone are written in batches of this many. */
const PIECEMEAL_BATCH_RECORDS = 500;

export interface ShardDeps<Types extends CoordinatorTypes> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: CoordinatorLog;
  readonly spec: CoordinatorSpec<Types>;
  /** A change could not be applied whole: the state is not what the log says any more. The shard must be resigned and loaded again. */
  readonly onBroken: (partition: number) => void;
  /** Does what a decision wants done outside, once its records are durable and while the shard is not resigned. Must not throw. */
  readonly act?: ((shard: CoordinatorShard<Types>, key: string, effect: Types["Effect"]) => void) | undefined;
}

/** The coordinator of one partition: its state, timers and waiting requests, and the order "write, apply, answer". Nothing else changes the state. */
export class CoordinatorShard<Types extends CoordinatorTypes> {
  readonly partition: number;
  readonly state: Types["State"];
  readonly timers: CoordinatorTimers<Types["Timer"]>;
  readonly waiting: WaitingRequests<Types["Answer"]>;
  readonly #deps: ShardDeps<Types>;
  #isResigned = false;
  /** The last records that are not on the disk yet, or never will be. */
  #unsettled: Promise<void> | undefined;
  /** Settles when all that was written is on the disk; undefined while it is. */
  #unsynced: Promise<void> | undefined;

  constructor(partition: number, deps: ShardDeps<Types>) {
    const { clock, spec } = deps;
    this.partition = partition;
    this.#deps = deps;
    this.state = spec.newState(partition);
    this.waiting = new WaitingRequests(clock);
    this.timers = new CoordinatorTimers(clock, {
      nameOf: (timer) => spec.timerName(timer),
      due: (key, timer) => this.run(key, spec.timedOut(timer)),
    });
  }

  /** Resolves when all that the state tells of is on the disk, rejects when it may never be; undefined while it is. */
  get unsynced(): Promise<void> | undefined {
    return this.#unsynced;
  }

  /** True once the partition belongs to another coordinator, or none. */
  get isResigned(): boolean {
    return this.#isResigned;
  }

  /** One record of the log, or one transaction's end, when loading. */
  load(record: LogRecord | TransactionEnd): void {
    const { spec } = this.#deps;
    if (record.key === undefined) {
      spec.endTransaction?.(this.state, record.producerId, record.isCommit);
      return;
    }
    if (spec.load !== undefined) return spec.load(this.state, record);
    const decoded = spec.decode(record);
    if (decoded !== undefined) spec.apply(this.state, decoded);
  }

  /** Writes the marker of a transaction, and applies it. Resolves, once it is durable, with NONE, or with the error code of an append that failed. */
  async endTransaction(marker: TransactionMarker): Promise<number> {
    const { log, spec, clock } = this.#deps;
    const outcome = log.appendMarker(this.partition, marker, clock.nowMs());
    if (outcome.kind === "error") return outcome.errorCode;
    try {
      spec.endTransaction?.(this.state, marker.producerId, marker.isCommit);
    } catch (error) {
      this.#giveUp("a transaction's end could not be applied whole; its partition is loaded again", String(marker.producerId), error);
    }
    try {
      await outcome.durable;
      return ErrorCode.NONE;
    } catch {
      return ErrorCode.KAFKA_STORAGE_ERROR;
    }
  }

  /** Carries out what happens to a key. `token` names the request that asked for it. Where there is more to do, gives the input for it. */
  run(key: string, input: Types["Input"], token?: RequestToken): Types["Input"] | undefined {
    const { spec, clock } = this.#deps;
    let decision: Decision<Types>;
    try {
      decision = spec.decide(this.state, key, input, clock.nowMs());
    } catch (error) {
      // Nothing has changed: it costs who asked, and nobody else.
      this.#tellOfBug("a coordinator could not decide", key, error);
      if (token !== undefined) this.waiting.refuse(token, ErrorCode.UNKNOWN_SERVER_ERROR);
      return undefined;
    }
    try {
      return this.#followUp(key, input, decision, token);
    } catch (error) {
      this.#giveUp("a coordinator's change could not be applied whole; its partition is loaded again", key, error);
      return undefined;
    }
  }

  #followUp(key: string, input: Types["Input"], decision: Decision<Types>, token: RequestToken | undefined): Types["Input"] | undefined {
    const { spec, clock } = this.#deps;
    const failure = this.#carryOut(key, decision);
    if (failure === undefined) return decision.next;
    const instead = spec.decideFailure(this.state, key, input, clientErrorCode(failure), clock.nowMs());
    if (instead) this.#adopt(key, instead);
    else if (token !== undefined) this.waiting.refuse(token, clientErrorCode(failure));
    return undefined;
  }

  /** The state is not what the log says any more. */
  #giveUp(what: string, key: string, error: unknown): void {
    this.#tellOfBug(what, key, error);
    this.#deps.onBroken(this.partition);
  }

  #tellOfBug(what: string, key: string, error: unknown): void {
    const { logger, log } = this.#deps;
    logger.error(what, {
      topic: log.topic,
      partition: this.partition,
      key,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  /** Ends the term: whoever waits is told to look for the coordinator again, nothing happens any more. */
  resign(): void {
    this.#isResigned = true;
    this.timers.stop();
    this.waiting.refuseAll(ErrorCode.NOT_COORDINATOR);
  }

  /** The error code of an append that failed, and so left everything as it was. */
  #carryOut(key: string, decision: Decision<Types>): number | undefined {
    const { records, durability, transaction } = decision;
    if (records.length === 0) {
      // What was decided stands on what was written before, which may still be lost.
      this.#adopt(key, decision, this.#unsynced);
      return undefined;
    }
    if (durability === "piecemeal") return this.#carryOutPiecemeal(key, decision);
    const outcome = this.#append(records, transaction);
    if (outcome.kind === "ok") {
      this.#apply(records);
      this.#adopt(key, decision, outcome.durable);
      return undefined;
    }
    this.#deps.logger.warn("a coordinator's records could not be written", {
      topic: this.#deps.log.topic,
      partition: this.partition,
      key,
      errorCode: outcome.errorCode,
    });
    if (durability === "required") return outcome.errorCode;
    this.#adopt(key, decision);
    return undefined;
  }

  #carryOutPiecemeal(key: string, decision: Decision<Types>): number | undefined {
    const { errorCode, durable } = this.writePiecemeal(decision.records);
    if (errorCode !== undefined) return errorCode;
    this.#adopt(key, decision, durable);
    return undefined;
  }

  /** Writes records that stand alone, in batches, and applies each batch. What is not written now is for a later try. */
  writePiecemeal(records: readonly Types["Record"][]): {
    readonly errorCode: number | undefined;
    readonly durable: Promise<void> | undefined;
  } {
    let durable: Promise<void> | undefined;
    let batchRecords = PIECEMEAL_BATCH_RECORDS;
    for (let from = 0; from < records.length; ) {
      const batch = records.slice(from, from + batchRecords);
      const outcome = this.#append(batch);
      if (outcome.kind === "ok") {
        this.#apply(batch);
        // Later ones are durable no sooner than earlier ones; an earlier one's failure is a later one's too.
        durable?.catch(nothing);
        durable = outcome.durable;
        from += batch.length;
      } else if (outcome.errorCode === ErrorCode.MESSAGE_TOO_LARGE && batch.length > 1) {
        batchRecords = Math.ceil(batch.length / 2);
      } else {
        const { logger, log } = this.#deps;
        logger.warn("a coordinator's records could not be written", {
          topic: log.topic,
          partition: this.partition,
          records: records.length - from,
          errorCode: outcome.errorCode,
        });
        return { errorCode: outcome.errorCode, durable };
      }
    }
    return { errorCode: undefined, durable };
  }

  #append(records: readonly Types["Record"][], transaction?: RecordTransaction): AppendOutcome {
    const { log, spec, clock } = this.#deps;
    const outcome = log.append(this.partition, encoded(spec, records), clock.nowMs(), transaction);
    if (outcome.kind === "ok" && outcome.durable) this.#waitFor(outcome.durable);
    return outcome;
  }

  /** After a sync that failed nothing is answered any more: the state tells of what may be gone. */
  #waitFor(durable: Promise<void>): void {
    this.#unsynced = durable;
    durable.then(() => {
      if (this.#unsynced === durable) this.#unsynced = undefined;
    }, nothing);
  }

  #apply(records: readonly Types["Record"][]): void {
    const { spec } = this.#deps;
    for (const record of records) spec.apply(this.state, record);
  }

  #adopt(key: string, { soft, timers, replies, effects = [], durability }: Decision<Types>, ownDurable?: Promise<void>): void {
    if (ownDurable) this.#follow(ownDurable);
    // Who asks again for what is not on the disk yet, and so needs no record of his own, is told no sooner.
    const durable = ownDurable ?? (durability === "required" && replies.length > 0 ? this.#unsettled : undefined);
    if (soft !== undefined) this.#deps.spec.adopt(this.state, key, soft);
    if (timers === "cancel-all") this.timers.cancelAll(key);
    else {
      for (const { timer, delayMs, ifAbsent } of timers) {
        if (delayMs === null) this.timers.cancel(key, timer);
        else if (!ifAbsent || !this.timers.has(key, timer)) this.timers.set(key, timer, delayMs);
      }
    }
    if (!durable) {
      this.#conclude(key, replies, effects);
      return;
    }
    durable.then(
      () => this.#conclude(key, replies, effects),
      (error: unknown) => {
        const { logger, log } = this.#deps;
        logger.warn("a coordinator's records did not reach the disk", { topic: log.topic, partition: this.partition, key, error });
        // Taken, but perhaps lost: the client must find out anew where things stand.
        for (const { token } of replies) this.waiting.refuse(token, ErrorCode.NOT_COORDINATOR);
      },
    );
  }

  #follow(durable: Promise<void>): void {
    this.#unsettled = durable;
    durable.then(
      () => {
        if (this.#unsettled === durable) this.#unsettled = undefined;
      },
      // The log takes no more, and what is in memory was never said to be true: it stays unsettled.
      nothing,
    );
  }

  #conclude(key: string, replies: readonly Reply<Types["Answer"]>[], effects: readonly Types["Effect"][]): void {
    this.waiting.send(replies);
    for (const effect of effects) if (!this.#isResigned) this.#deps.act?.(this, key, effect);
  }
}

function* encoded<Types extends CoordinatorTypes>(
  spec: CoordinatorSpec<Types>,
  records: readonly Types["Record"][],
): IterableIterator<LogRecord> {
  for (const record of records) yield spec.encode(record);
}

function nothing(): void {}
