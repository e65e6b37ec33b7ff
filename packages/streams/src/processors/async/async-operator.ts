import type { Headers } from "../../record.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import { StreamsError } from "../../streams-error.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import type { AsyncCall, CallSettings } from "./call-options.ts";
import { KeyLanes } from "./key-lanes.ts";
import type { OpenCall } from "./open-call.ts";
import { WaitingCalls } from "./waiting-calls.ts";
import { reasonOf } from "../../thrown.ts";

type Called = (value: unknown, key: unknown, call: AsyncCall) => unknown;
type Joiner = (value: unknown, result: unknown, key: unknown) => unknown;

/** Chooses the order of calls that have ended meanwhile; it is given them as they ended, and calls of one key stay in their order whatever it says. */
export type Arrange = (ended: readonly OpenCall[]) => readonly OpenCall[];

/** Makes the record of a call the task's current one while `give` runs. */
export type Resume = (operator: AsyncOperator, call: OpenCall, give: () => void) => void;

/**
 * Calls a function for each record, some at a time, and gives on what it promised. Calls begin when the record comes or when an earlier one ends. What has ended waits until the task asks
 * for it, so that everything downstream stays synchronous. A call's slot is free when it ended, timed out, or waits for its next try.
 */
export class AsyncOperator extends Operator {
  /** Called when a try has ended: a result waits to be given on, or the clock says when the next one begins. */
  onTryEnded: (() => void) | undefined;
  readonly #call: Called;
  readonly #joiner: Joiner | undefined;
  readonly #settings: CallSettings;
  readonly #lanes: KeyLanes;
  /** All that are not done, in the order of arrival. */
  readonly #open = new Set<OpenCall>();
  readonly #running = new Set<OpenCall>();
  readonly #backingOff = new Set<OpenCall>();
  readonly #waiting = new WaitingCalls();
  #ended: OpenCall[] = [];
  #sequence = 0;
  #isStarting = false;
  #isClosed = false;
  #context!: OperatorContext;

  constructor(call: Called, joiner: Joiner | undefined, settings: CallSettings, key: AnySerde | undefined) {
    super();
    this.#call = call;
    this.#joiner = joiner;
    this.#settings = settings;
    this.#lanes = new KeyLanes(key);
  }

  override init(context: OperatorContext): void {
    this.#context = context;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { topic, partition, offset, source } = this.#context.record;
    const lane = this.#settings.order === "byKey" ? this.#lanes.of(key) : undefined;
    const call: OpenCall = {
      key,
      value,
      timestamp,
      headers,
      topic,
      partition,
      offset,
      source,
      input: this.task.input,
      sequence: this.#sequence++,
      lane,
      attempt: 0,
      controller: undefined,
      dueMs: 0,
      outcome: undefined,
      isPassedOver: false,
    };
    lane?.calls.push(call);
    this.#open.add(call);
    this.#waiting.add(call);
    this.#context.calls();
    this.#start();
  }

  /** All that are not done, in the order of arrival. */
  get open(): ReadonlySet<OpenCall> {
    return this.#open;
  }

  /** How many calls run now. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** More would be held than the bound says. */
  get isFull(): boolean {
    return this.#open.size >= this.#settings.maxPending;
  }

  /** When the machine's clock ends or begins a try; undefined: nothing waits for it. */
  get nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const calls of [this.#running, this.#backingOff]) {
      for (const { dueMs } of calls) if (next === undefined || dueMs < next) next = dueMs;
    }
    return next;
  }

  /** Gives up tries that took too long, and begins those whose time has come. */
  onClock(nowMs: number): void {
    for (const call of this.#running) {
      if (call.dueMs > nowMs) continue;
      const { timeoutMs, retries } = this.#settings;
      const message = `the call gave no answer within ${timeoutMs} ms (try ${call.attempt} of ${retries + 1})`;
      const error = new StreamsError("STREAMS_CALL_TIMEOUT", message);
      const controller = call.controller;
      this.#onRejected(call, error);
      controller?.abort(error);
    }
    for (const call of this.#backingOff) {
      if (call.dueMs > nowMs) continue;
      this.#backingOff.delete(call);
      this.#waiting.add(call);
    }
    this.#start();
  }

  /**
   * Gives on what has ended, and what this begins and ends at once. False: nothing had. What a step throws leaves the rest for the next time; the record it was thrown for then counts as not
   * done for ever, so that no commit passes it.
   */
  giveOn(arrange: Arrange, resume: Resume): boolean {
    if (this.#ended.length === 0) return false;
    while (this.#ended.length > 0) {
      const order = arrange(this.#ended);
      this.#ended = [];
      let at = 0;
      try {
        for (; at < order.length; at++) this.#giveInTurn(order[at] as OpenCall, resume);
      } finally {
        if (at < order.length) this.#ended = [...order.slice(at + 1), ...this.#ended];
      }
    }
    return true;
  }

  /** Aborts what runs; nothing is given on any more. */
  override close(): void {
    this.#isClosed = true;
    const running = [...this.#running];
    this.#running.clear();
    this.#waiting.clear();
    this.#backingOff.clear();
    this.#lanes.clear();
    this.#open.clear();
    this.#ended = [];
    for (const { controller } of running) controller?.abort(new StreamsError("STREAMS_CLOSED", `${this.name} was closed during the call.`));
  }

  #giveInTurn(call: OpenCall, resume: Resume): void {
    if (!this.#lanes.isFirst(call)) {
      call.isPassedOver = true;
      return;
    }
    for (let next: OpenCall | undefined = call; next !== undefined; ) {
      const given: OpenCall = next;
      const after = this.#lanes.leave(given);
      // Should this one throw, those behind it are no longer held back by it.
      next = after?.isPassedOver === true ? after : undefined;
      let isDone = false;
      try {
        resume(this, given, () => this.#give(given));
        isDone = true;
      } finally {
        if (isDone) this.#open.delete(given);
        else if (next !== undefined) this.#ended.push(next);
      }
    }
  }

  #give(call: OpenCall): void {
    const { key, value, timestamp, headers, outcome } = call;
    if (outcome !== undefined && "error" in outcome) {
      this.#onFailed(call, outcome.error);
      return;
    }
    for (let attempt = 1; ; attempt++) {
      let result: unknown;
      try {
        result = (this.#joiner === undefined ? outcome?.result : this.#joiner(value, outcome?.result ?? null, key)) ?? null;
      } catch (error) {
        if (this.task.onFailure(this, error, key, value, attempt)) continue;
        return;
      }
      this.forward(key, result, timestamp, headers);
      return;
    }
  }

  #onFailed(call: OpenCall, error: Error): void {
    const { onFailure } = this.#settings;
    if (onFailure === "fail") {
      this.#failFor(call, error);
      return;
    }
    if (onFailure !== "drop" && onFailure.deadLetter === call.topic) {
      const message = `its dead letters go to the topic that the record came from, where it would fail for ever: ${error.message}`;
      this.#failFor(call, new Error(message, { cause: error }));
      return;
    }
    this.#context.dropped("call failed");
    if (onFailure !== "drop") this.task.sendDeadLetter(this, onFailure.deadLetter, call, error);
  }

  /** The call had its tries: a handler that wants it tried again hears of the same failure again. */
  #failFor({ key, value }: OpenCall, error: Error): void {
    for (let attempt = 1; this.task.onFailure(this, error, key, value, attempt); attempt++);
  }

  #start(): void {
    // A function that throws at once ends its call within this loop.
    if (this.#isStarting || this.#isClosed) return;
    this.#isStarting = true;
    try {
      while (this.#running.size < this.#settings.concurrency) {
        const call = this.#waiting.take();
        if (call === undefined) break;
        this.#try(call);
      }
    } finally {
      this.#isStarting = false;
    }
  }

  #try(call: OpenCall): void {
    const controller = new AbortController();
    call.attempt++;
    call.controller = controller;
    call.dueMs = this.#context.elapsedMs() + this.#settings.timeoutMs;
    this.#running.add(call);
    let promised: unknown;
    try {
      promised = this.#call(call.value, call.key, { signal: controller.signal, attempt: call.attempt });
    } catch (error) {
      this.#onRejected(call, error);
      return;
    }
    // A try that was given up is told by its controller: the call has another one by then, or none.
    Promise.resolve(promised).then(
      (result) => {
        if (call.controller === controller && !this.#isClosed) this.#onResolved(call, result);
      },
      (error: unknown) => {
        if (call.controller !== controller || this.#isClosed) return;
        this.#onRejected(call, error);
        this.#start();
      },
    );
  }

  #onResolved(call: OpenCall, result: unknown): void {
    this.#running.delete(call);
    this.#end(call, { result });
    this.#start();
  }

  #onRejected(call: OpenCall, thrown: unknown): void {
    this.#running.delete(call);
    call.controller = undefined;
    let error = thrown instanceof Error ? thrown : new Error(reasonOf(thrown), { cause: thrown });
    if (call.attempt <= this.#settings.retries) {
      try {
        const backoffMs = this.#settings.backoffMs(call.attempt);
        call.dueMs = this.#context.elapsedMs() + backoffMs;
        if (backoffMs === 0) this.#waiting.add(call);
        else this.#backingOff.add(call);
        this.onTryEnded?.();
        return;
      } catch (failed) {
        error = failed instanceof Error ? failed : new Error(String(failed));
      }
    }
    this.#end(call, { error });
  }

  #end(call: OpenCall, outcome: OpenCall["outcome"]): void {
    call.controller = undefined;
    call.outcome = outcome;
    this.#ended.push(call);
    this.onTryEnded?.();
  }
}
