import type { Punctuation, PunctuationType, Punctuator } from "../processor/processor.ts";
import { type Headers, noHeaders } from "../record.ts";
import type { StateStore } from "../stores/store.ts";
import type { RecordPosition, SourceBytes } from "../stores/store-builder.ts";
import { keptValue } from "./change.ts";

/** Of the record that an operator holds: what `forward` (time and headers), `forwardFrom` (all) and `asOf` (all but these) leave, and put back. */
export interface OperatorPosition {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  headers: Headers;
  source: SourceBytes | undefined;
}

/** A record of a topic as bytes. */
export interface InputRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** A record that an operator held back, with what the task was processing when it came. */
export interface HeldRecord extends RecordPosition {
  readonly key: unknown;
  readonly input: InputRecord | undefined;
}

/** What an operator holds back until stream time has come so far. */
export interface HeldBack {
  /** `window`: results that come when their window closes; `suppress`: a buffer of changes; `join`: records of a left or outer join without a partner; `grace`: records that wait for a table to be as of their time. */
  readonly kind: "window" | "suppress" | "join" | "grace";
  /** How many; undefined where nobody counts them. */
  readonly count: number | undefined;
  /** When the first of them goes on. */
  readonly untilStreamTimeMs: number;
  /** How far stream time is by the records that came as far as this node; −1: none has since its task began. */
  readonly streamTimeMs: number;
}

/** What all operators of a task share. */
export interface OperatorTask {
  readonly position: OperatorPosition;
  /** The record that the task took from a topic and is not done with; undefined in punctuators. */
  readonly input: InputRecord | undefined;
  /** Something is left of what an operator makes of the current record: what is forwarded has to wait for it. */
  readonly isDeferring: boolean;
  /** Gives on to one child when all that came before is done with; then the current record is again what it is now. */
  defer(call: () => void): void;
  /** Writes what came from a topic to another one, with headers that say what failed. */
  sendDeadLetter(operator: Operator, topic: string, of: HeldRecord, error: Error): void;
  /** Decides about what an operator threw at this attempt (from 1): true when it is to be given the record again, false when it is to be skipped there. Throws when the task has to stop. */
  onFailure(operator: Operator, error: unknown, key: unknown, value: unknown, attempt: number): boolean;
  /** Decides likewise about a record that a sink could not write. */
  onUnwritten(sink: Operator, error: unknown, topic: string, key: unknown, value: unknown, attempt: number): boolean;
}

/** The task of operators that belong to none: tests of single operators. */
const noTask: OperatorTask = {
  position: { topic: "", partition: -1, offset: -1, timestamp: -1, headers: noHeaders, source: undefined },
  input: undefined,
  isDeferring: false,
  defer() {},
  sendDeadLetter(_operator, _topic, _of, error) {
    throw error;
  },
  onFailure(_operator, error) {
    throw error;
  },
  onUnwritten(_sink, error) {
    throw error;
  },
};

/**
 * A step of a running task: takes a record, forwards what it makes of it to its children, and has nothing left of it when `process` returns. Key, value, time and headers travel as
 * arguments, so that a step costs no object. Steps of tables are given a `Change` as value, which they must not keep.
 */
export abstract class Operator {
  /** Its name in the topology; set when the task is built. */
  name = "";
  /** Set when the task is built, in the order in which they were added. */
  children: readonly Operator[] = [];
  /** Set when the task is built. */
  task: OperatorTask = noTask;
  /** Forwarding is its last act, or what follows waits its turn (`defer`): what is below sees nothing of what it does after it has forwarded. False where nobody knows. */
  readonly forwardsLast: boolean = false;
  /** Holds no key that it is given beyond the call, and hands it to nobody but its children. */
  readonly keepsNoKey: boolean = false;

  /** What it holds back now, for who asks why nothing comes. */
  heldBack(): HeldBack | undefined {
    return undefined;
  }

  /** Whether a key that it forwards is its own again when the call has ended, whatever is below: such a key may be used again and again. As long as something is left of a fan-out, none is. */
  protected areKeysLent(): boolean {
    // Who traces or wraps an operator puts another process in the place of its own, and may hold all it sees.
    return this.children.every((child) => child.keepsNoKey && !Object.hasOwn(child, "process") && child.areKeysLent());
  }

  /** Called once, after all operators of the task stand, before the first record. */
  init(_context: OperatorContext): void {}

  abstract process(key: unknown, value: unknown, timestamp: number, headers: Headers): void;

  close(): void {}

  /** Gives a record to all children, one after another. */
  protected forward(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const children = this.children;
    for (let i = 0; i < children.length; i++) this.forwardTo(children[i] as Operator, key, value, timestamp, headers);
  }

  /** Gives on a record that was held back: meanwhile it is the current one, with the place where it came from. */
  protected forwardFrom(held: RecordPosition, key: unknown, value: unknown): void {
    this.asOf(held, () => this.forward(key, value, held.timestamp, held.headers));
  }

  /** Does what comes of a record that was held back: meanwhile the current one comes from the place of that. */
  protected asOf(held: RecordPosition, give: () => void): void {
    const position = this.task.position;
    const { topic, partition, offset, source } = position;
    position.topic = held.topic;
    position.partition = held.partition;
    position.offset = held.offset;
    position.source = held.source;
    try {
      give();
    } finally {
      position.topic = topic;
      position.partition = partition;
      position.offset = offset;
      position.source = source;
    }
  }

  /** Gives a record to one child. What it reads of the current record's time and headers meanwhile is that of the record forwarded. */
  protected forwardTo(child: Operator, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { task } = this;
    if (task.isDeferring) {
      this.#defer(child, key, keptValue(value), timestamp, headers);
      return;
    }
    const position = task.position;
    const timestampBefore = position.timestamp;
    const headersBefore = position.headers;
    position.timestamp = timestamp;
    position.headers = headers;
    try {
      child.process(key, value, timestamp, headers);
    } catch (error) {
      this.#onFailure(child, error, key, value, timestamp, headers);
    }
    position.timestamp = timestampBefore;
    position.headers = headersBefore;
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #defer(child: Operator, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.task.defer(() => this.forwardTo(child, key, value, timestamp, headers));
  }

  /** Gives the record to the child again as long as the task wants it. */
  #onFailure(child: Operator, error: unknown, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    let thrown = error;
    for (let attempt = 1; this.task.onFailure(child, thrown, key, value, attempt); attempt++) {
      try {
        child.process(key, value, timestamp, headers);
        return;
      } catch (again) {
        thrown = again;
      }
    }
  }
}

/** Makes an operator for a task. */
export type OperatorSupplier = () => Operator;

/** Why a record came to nothing, in words that stay the same: they are counted and told by `explain`. */
export type DropReason =
  | "null key"
  | "null value"
  | "null key or value"
  | "late"
  | "null foreign key"
  | "stale response"
  | "out of order"
  | "negative timestamp"
  | "not readable"
  | "failed"
  | "not writable"
  | "call failed";

/** What one record becomes many of at an operator. */
export interface FanOut {
  /** Undefined: what fails is no operator's, and stops the task. */
  readonly operator: Operator | undefined;
  /** Of the record, as a handler is told them when it fails. */
  readonly key: unknown;
  readonly value: unknown;
  /** From the first one on, also when some of it was made before it failed. */
  begin(): FanOutWalk;
}

/** Makes one after another. */
export interface FanOutWalk {
  /** Forwards the next one, or does another step towards it; false: there was none. What it does after it has forwarded must not matter to what is below. */
  next(): boolean;
  close(): void;
}

/** What an operator is given by its task. */
export interface OperatorContext {
  readonly applicationId: string;
  readonly taskId: string;
  /** Of the record that is being processed; its fields change. */
  readonly record: RecordPosition;
  /** The largest timestamp that the task has processed; −1 before the first. */
  streamTimeMs(): number;
  systemTimeMs(): number;
  /** Never goes back. */
  elapsedMs(): number;
  /** How often at most results that wait for a window's end are looked for, by the machine's clock; 0: with every record. */
  readonly emitIntervalMs: number;
  store<S extends StateStore>(name: string): S;
  /** Numbers by name that the task has again after a restart, as of its last commit. A store's name with a word before it makes a good one. */
  readonly metadata: Map<string, number>;
  /** Whether another task fills the store. */
  isGlobal(name: string): boolean;
  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator, startMs?: number): Punctuation;
  commit(): void;
  /** The current record goes no further here. */
  dropped(reason: DropReason): void;
  /** What came of the current record is kept here, and goes on when stream time is at least so far. Undefined unless somebody asks for explanations: a sum that is handed on costs an object. */
  readonly waits: ((untilStreamTimeMs: number) => void) | undefined;
  /** The record has no partner in what it is joined with, so nothing came of it. */
  unmatched(): void;
  /**
   * Forwards what the current record becomes many of. A task of an application does so in slices, the first one at once: what operators forward meanwhile waits until the others are done, and so does the rest of what the task does, in
   * the order of one call. Not so what the operator itself does when this has returned: it must be its last act.
   */
  fanOut(fanOut: FanOut): void;
  /** What comes of the current record is known when its call has ended. Only told to who asks for explanations. */
  calls(): void;
}
