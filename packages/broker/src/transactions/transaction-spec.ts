import { ErrorCode } from "@ottla/protocol";
import type { LogRecord } from "../coordinator/coordinator-log.ts";
import type { CoordinatorSpec, CoordinatorTypes, Decision, RequestToken, TimerChange } from "../coordinator/coordinator-spec.ts";
import { type AddPartitionsInput, decideAddPartitions } from "./add-partitions-rules.ts";
import { completed, decideEnd, decideForcedAbort, type EndTransactionInput } from "./end-transaction-rules.ts";
import { decideInitProducer, type InitProducerInput } from "./init-producer-rules.ts";
import { answered, type RuleContext, type RuleOutcome, type TransactionAnswer } from "./rule-outcome.ts";
import { isPrepared, NEVER_OVERDUE_MS, type Transaction } from "./transaction.ts";
import { decodeRecord, encodeRecord, type TransactionRecord } from "./transaction-record-codec.ts";
import { TransactionState } from "./transaction-state.ts";

/** What the rules follow of the broker's settings and features. */
export interface TransactionRuleSettings {
  /** transaction.version of the cluster. */
  readonly serverVersion: number;
  /** transactional.id.expiration.ms */
  readonly idExpirationMs: number;
  /** How long to wait before an overdue transaction is aborted again if the log did not take that it was. */
  readonly abortRetryMs: number;
}

/** A producer id to be taken if the decision needs one. */
interface MayTakeProducerId {
  readonly token: RequestToken;
  readonly freshProducerId: number | undefined;
}

/** What happens to one transactional id. */
export type TransactionInput =
  | ({ readonly kind: "init"; readonly request: InitProducerInput } & MayTakeProducerId)
  | { readonly kind: "add"; readonly token: RequestToken; readonly request: AddPartitionsInput }
  | ({ readonly kind: "end"; readonly request: EndTransactionInput } & MayTakeProducerId)
  /** The coordinator aborts what is overdue: the transaction that began at `startMs`, and no later one. */
  | ({ readonly kind: "abort-overdue"; readonly startMs: number } & MayTakeProducerId)
  | { readonly kind: "timeout"; readonly timer: TransactionTimer }
  /** The markers of the decision that was made are in the logs. */
  | { readonly kind: "markers-written" }
  /** The partition has been loaded. */
  | { readonly kind: "loaded" }
  /** Retention takes what it no longer keeps. */
  | { readonly kind: "expire" };

/** "overdue": the transaction has lasted longer than its producer said; "complete": the log did not take that it is complete. */
export type TransactionTimer = "overdue" | "complete";

/** What has to be done beside the log. */
export type TransactionEffect =
  /** A decision was made: its markers have to be written, for as long as it takes. */
  "write-markers" | "abort-overdue";

export interface TransactionTypes extends CoordinatorTypes {
  readonly State: TransactionState;
  readonly Input: TransactionInput;
  readonly Record: TransactionRecord;
  readonly Soft: never;
  readonly Timer: TransactionTimer;
  readonly Answer: TransactionAnswer;
  readonly Effect: TransactionEffect;
}

type TransactionDecision = Decision<TransactionTypes>;

const COMPLETE_RETRY_MS = 500;

const NOTHING: TransactionDecision = { records: [], durability: "required", timers: [], replies: [] };

/** Transactions as a coordinator's rules. */
export class TransactionSpec implements CoordinatorSpec<TransactionTypes> {
  readonly loaded: TransactionInput = { kind: "loaded" };
  readonly #settings: () => TransactionRuleSettings;

  /** `settings` is asked anew for each decision, so that dynamic changes count at once. */
  constructor(settings: () => TransactionRuleSettings) {
    this.#settings = settings;
  }

  newState(): TransactionState {
    return new TransactionState();
  }

  encode(record: TransactionRecord): LogRecord {
    return encodeRecord(record, this.#settings().serverVersion >= 1 ? 1 : 0);
  }

  decode(record: LogRecord): TransactionRecord | undefined {
    return decodeRecord(record);
  }

  apply(state: TransactionState, record: TransactionRecord): void {
    state.apply(record);
  }

  /** The log keeps everything. */
  adopt(): void {}

  decide(state: TransactionState, transactionalId: string, input: TransactionInput, nowMs: number): TransactionDecision {
    const known = state.get(transactionalId);
    const settings = this.#settings();
    const context = (freshProducerId: number | undefined): RuleContext => ({
      nowMs,
      serverVersion: settings.serverVersion,
      freshProducerId,
    });
    switch (input.kind) {
      case "init":
        return decision(transactionalId, known, decideInitProducer(known, input.request, context(input.freshProducerId)), input.token);
      case "add":
        return decision(transactionalId, known, decideAddPartitions(known, input.request, nowMs), input.token);
      case "end":
        return decision(transactionalId, known, decideEnd(known, input.request, context(input.freshProducerId)), input.token);
      case "abort-overdue": {
        const isOpen = known?.state === "Ongoing" && known.startMs === input.startMs;
        const outcome = isOpen ? decideForcedAbort(known, context(input.freshProducerId)) : answered(ErrorCode.NONE);
        return decision(transactionalId, known, outcome, input.token);
      }
      case "timeout":
        return input.timer === "complete" ? complete(transactionalId, known, nowMs) : overdue(known, settings.abortRetryMs);
      case "markers-written":
        return complete(transactionalId, known, nowMs);
      case "loaded":
        return resumed(known, nowMs);
      case "expire":
        return known && hasExpired(known, settings.idExpirationMs, nowMs)
          ? { ...NOTHING, durability: "piecemeal", records: [{ transactionalId, value: null }], timers: "cancel-all" }
          : NOTHING;
    }
  }

  decideFailure(_state: TransactionState, _id: string, input: TransactionInput): TransactionDecision | undefined {
    const isCompletion = input.kind === "markers-written" || (input.kind === "timeout" && input.timer === "complete");
    return isCompletion ? { ...NOTHING, timers: [{ timer: "complete", delayMs: COMPLETE_RETRY_MS }] } : undefined;
  }

  timedOut(timer: TransactionTimer): TransactionInput {
    return { kind: "timeout", timer };
  }

  timerName(timer: TransactionTimer): string {
    return timer;
  }

  keys(state: TransactionState): Iterable<string> {
    return state.transactionalIds();
  }
}

/** Writes what the id becomes, watches the time of what is ongoing, and has markers written for what has been decided. */
function decision(
  transactionalId: string,
  known: Transaction | undefined,
  { answer, becomes }: RuleOutcome,
  token: RequestToken,
): TransactionDecision {
  const replies = [{ token, answer }];
  if (becomes === undefined) return { ...NOTHING, replies };
  return {
    records: [{ transactionalId, value: becomes }],
    durability: "required",
    timers: watch(known, becomes),
    replies,
    effects: isPrepared(becomes) ? ["write-markers"] : [],
  };
}

function watch(known: Transaction | undefined, becomes: Transaction): readonly TimerChange<TransactionTimer>[] {
  const wasOngoing = known?.state === "Ongoing";
  if (becomes.state === "Ongoing") {
    return wasOngoing || becomes.timeoutMs === NEVER_OVERDUE_MS ? [] : [{ timer: "overdue", delayMs: becomes.timeoutMs }];
  }
  return wasOngoing ? [{ timer: "overdue", delayMs: null }] : [];
}

/** Only the effect can take a producer id, if one is needed; the timer comes back until the transaction is no longer ongoing. */
function overdue(known: Transaction | undefined, abortRetryMs: number): TransactionDecision {
  if (known?.state !== "Ongoing") return NOTHING;
  return { ...NOTHING, timers: [{ timer: "overdue", delayMs: abortRetryMs }], effects: ["abort-overdue"] };
}

function complete(transactionalId: string, known: Transaction | undefined, nowMs: number): TransactionDecision {
  if (known === undefined || !isPrepared(known)) return NOTHING;
  return { ...NOTHING, records: [{ transactionalId, value: completed(known, nowMs) }] };
}

/** What was decided before the coordinator came is carried out by it; what is ongoing gets no more time than it had. */
function resumed(known: Transaction | undefined, nowMs: number): TransactionDecision {
  if (known === undefined) return NOTHING;
  if (isPrepared(known)) return { ...NOTHING, effects: ["write-markers"] };
  if (known.state !== "Ongoing" || known.timeoutMs === NEVER_OVERDUE_MS) return NOTHING;
  // The clock may have been set since.
  const leftMs = Math.min(Math.max(known.startMs + known.timeoutMs - nowMs, 0), known.timeoutMs);
  return { ...NOTHING, timers: [{ timer: "overdue", delayMs: leftMs }] };
}

function hasExpired({ state, lastUpdateMs }: Transaction, idExpirationMs: number, nowMs: number): boolean {
  const mayExpire = state === "Empty" || state === "CompleteCommit" || state === "CompleteAbort";
  return mayExpire && lastUpdateMs <= nowMs - idExpirationMs;
}
