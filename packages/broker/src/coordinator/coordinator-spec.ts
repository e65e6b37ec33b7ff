import type { Closed } from "../net/closed.ts";
import type { LogRecord, RecordTransaction } from "./coordinator-log.ts";

/** The types of one kind of coordinator, as one parameter. */
export interface CoordinatorTypes {
  /** What one partition's coordinator knows: a fold over the partition's records, and what is in flight between them. */
  readonly State: object;
  /** What happens to one key (a group, a transactional id, a share partition). */
  readonly Input: unknown;
  /** One record of the internal topic, decoded. */
  readonly Record: unknown;
  /** A change of what the log does not keep. */
  readonly Soft: unknown;
  /** A timer of one key. */
  readonly Timer: unknown;
  /** What a request is answered with. */
  readonly Answer: unknown;
  /** What is to be done outside of the coordinator, by whoever drives it. */
  readonly Effect?: unknown;
}

/** Names a request whose answer is still owed. Opaque to the rules: the runtime keeps what it stands for. */
export type RequestToken = number;

/** A key has at most one timer of each name; setting it again replaces it. `delayMs` null takes it back. */
export interface TimerChange<Timer> {
  readonly timer: Timer;
  readonly delayMs: number | null;
  /** Where the timer is set already, it stays as it is. */
  readonly ifAbsent?: boolean;
}

/** One request's answer; a request gets exactly one. */
export interface Reply<Answer> {
  readonly token: RequestToken;
  readonly answer: Answer;
}

/**
 * What a rule wants done, in this order: write `records`; then, and only then, apply each of them, adopt `soft`, set `timers`; when the records are durable,
 * send `replies` and have `effects` done. Should the write fail, none of it happens, and {@link CoordinatorSpec.decideFailure} is asked.
 */
export interface Decision<Types extends CoordinatorTypes> {
  readonly records: readonly Types["Record"][];
  /**
   * "required": as above. "best-effort": what is lost is found again after a restart, so the rest happens even if the records cannot be written.
   * "piecemeal": each record stands alone (tombstones); they may be written in several batches, and those written count even if the rest fails.
   */
  readonly durability: "required" | "best-effort" | "piecemeal";
  /** The records, which are "required" then, belong to this transaction: they are applied as such, and count when it is committed. */
  readonly transaction?: RecordTransaction | undefined;
  readonly soft?: Types["Soft"] | undefined;
  /** "cancel-all": the key is gone. */
  readonly timers: readonly TimerChange<Types["Timer"]>[] | "cancel-all";
  readonly replies: readonly Reply<Types["Answer"]>[];
  /** Not those of sweeps. */
  readonly effects?: readonly Types["Effect"][] | undefined;
  /** There is more to do than one step should: give this input once the step has been done and others had their turn. */
  readonly next?: Types["Input"] | undefined;
}

/**
 * One kind of coordinator: what the runtime drives. No clock, disk or promise inside: `nowMs` is wall time. A decision about one key is one step, which nothing
 * comes between; what it costs must be bounded by named limits.
 */
export interface CoordinatorSpec<Types extends CoordinatorTypes> {
  newState(partition: number): Types["State"];
  encode(record: Types["Record"]): LogRecord;
  /** `undefined` for records that this coordinator does not keep. What it keeps of the bytes must be a copy. Errors: `MALFORMED_BYTES`. */
  decode(record: LogRecord): Types["Record"] | undefined;
  /** The only way in which anything that the log keeps changes, when loading and when running alike. */
  apply(state: Types["State"], record: Types["Record"]): void;
  /** {@link CoordinatorSpec.decode} and {@link CoordinatorSpec.apply} in one, for records of which a log has millions. Errors: `MALFORMED_BYTES`. */
  load?(state: Types["State"], record: LogRecord): void;
  /** A producer's transaction has ended: what was applied as part of it counts from now on, or never. For specs that write records in transactions. */
  endTransaction?(state: Types["State"], producerId: number, isCommit: boolean): void;
  /** Adopts a change of what the log does not keep. */
  adopt(state: Types["State"], key: string, soft: Types["Soft"]): void;
  /** Leaves the state as it is. */
  decide(state: Types["State"], key: string, input: Types["Input"], nowMs: number): Decision<Types>;
  /**
   * The records of a decision about `input` could not be written; the state is what it was before. `undefined`: nothing but the refusal of the request.
   * The decision must do without records.
   */
  decideFailure(state: Types["State"], key: string, input: Types["Input"], errorCode: number, nowMs: number): Decision<Types> | undefined;
  /** What it means that a timer ran out. */
  timedOut(timer: Types["Timer"]): Types["Input"];
  timerName(timer: Types["Timer"]): string;
  /** The keys that the state holds. May be walked through while the state changes. */
  keys(state: Types["State"]): Iterable<string>;
  /** Given to every key when the partition has been loaded, before any request. */
  readonly loaded: Types["Input"];
}

/** A request that is owed an answer. */
export interface CoordinatorRequest<Input, Answer> {
  readonly key: string;
  /** The virtual broker it came to. */
  readonly nodeId: number;
  /** What it does. */
  input(token: RequestToken): Input;
  /** The answer when it cannot be carried out. */
  refused(errorCode: number): Answer;
  /** The connection it came by: nobody waits for the answer once that is gone. */
  readonly closed?: Closed | undefined;
}
