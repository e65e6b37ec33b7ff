import { type Arrange, AsyncOperator } from "../processors/async/async-operator.ts";
import { type LowestOffset, lowestOffsets } from "../processors/async/lowest-offsets.ts";
import type { OpenCall } from "../processors/async/open-call.ts";
import type { Operator } from "../processors/operator.ts";

/**
 * The calls of a task's asynchronous steps, for who runs the task: what holds its commits and its input back, when the clock has to be told, and when results wait to be given on. Free for
 * tasks without such steps.
 */
export class AsyncCalls {
  readonly #operators: readonly AsyncOperator[];
  readonly #resume: (operator: Operator, call: OpenCall, give: () => void) => void;

  constructor(operators: readonly Operator[], resume: (operator: Operator, call: OpenCall, give: () => void) => void) {
    this.#operators = operators.filter((operator) => operator instanceof AsyncOperator);
    this.#resume = resume;
  }

  /** Called whenever a try has ended: `giveOn` has work, or `nextDueMs` is another. */
  onTryEnded(wake: () => void): void {
    for (const operator of this.#operators) operator.onTryEnded = wake;
  }

  /** There are steps that call. */
  get isPossible(): boolean {
    return this.#operators.length > 0;
  }

  /** The task should be given no more of its input until this is false. */
  get isFull(): boolean {
    return this.#operators.some(({ isFull }) => isFull);
  }

  /** How many records are not done: they wait for their call, its end, its next try, or an earlier record of their key. */
  get openCount(): number {
    return this.#operators.reduce((count, { open }) => count + open.size, 0);
  }

  /** How many calls run now. */
  get runningCount(): number {
    return this.#operators.reduce((count, { runningCount }) => count + runningCount, 0);
  }

  /** When the machine's clock ends or begins a try; undefined: nothing waits for it. */
  get nextDueMs(): number | undefined {
    const due = this.#operators.flatMap(({ nextDueMs }) => nextDueMs ?? []);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What may be committed at most, of partitions with records that are not done. */
  lowestOffsets(): LowestOffset[] {
    return lowestOffsets(this.#inputs());
  }

  /** The records that are not done, in the order of nodes and arrival. */
  *open(): Generator<{ readonly node: string; readonly call: OpenCall }> {
    for (const { name, open } of this.#operators) for (const call of open) yield { node: name, call };
  }

  onClock(nowMs: number): void {
    for (const operator of this.#operators) operator.onClock(nowMs);
  }

  /** Gives on what has ended, synchronously, with all that follows from it in this task. False: nothing had. */
  giveOn(arrange: Arrange): boolean {
    let gave = false;
    for (const operator of this.#operators) if (operator.giveOn(arrange, this.#resume)) gave = true;
    return gave;
  }

  *#inputs(): Generator<OpenCall["input"]> {
    for (const { call } of this.open()) yield call.input;
  }
}
