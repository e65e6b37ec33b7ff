import type { DropReason, Operator } from "../processors/operator.ts";
import type { Part } from "../topology/parts.ts";
import { keyText } from "./failures.ts";
import type { RawRecord } from "./record-queues.ts";

/** What became of a record at one node. */
export interface TraceStep {
  readonly node: string;
  /** How far below the source. */
  readonly depth: number;
  /**
   * `forwarded`: to so many children as `count` says; `written` to a topic; `dropped`, for `reason`; `waiting` for stream time; `calling`: what comes of it is known when its call has ended; `unmatched`: what it is joined with has no partner for it; `kept` in a store, or `filtered`: nothing went on; `ended`:
   * nothing follows this node; `failed`: it threw.
   */
  readonly fate: "forwarded" | "written" | "dropped" | "waiting" | "calling" | "unmatched" | "kept" | "filtered" | "ended" | "failed";
  readonly count?: number;
  readonly reason?: DropReason;
  /** Goes on when stream time is at least so far. */
  readonly untilStreamTimeMs?: number;
}

/** What became of one record that a task took. */
export interface Explanation {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: unknown;
  /** By the source's extractor. */
  readonly timestamp: number;
  /** Node by node, each before those below it. */
  readonly steps: readonly TraceStep[];
}

/** How many explanations are kept for who asks late; the oldest go first. */
const EXPLANATIONS_MAX = 10_000;

interface OpenStep {
  readonly node: string;
  readonly depth: number;
  count: number;
  reason: DropReason | undefined;
  untilStreamTimeMs: number | undefined;
  isCalling: boolean;
  isUnmatched: boolean;
  step: TraceStep | undefined;
}

/** Writes down what becomes of records. Operators are followed from outside, so that those of a task without a trace know nothing of it. */
export class Trace {
  #explanations: Explanation[] = [];
  #record: Omit<Explanation, "steps"> | undefined;
  #steps: OpenStep[] = [];
  readonly #stack: OpenStep[] = [];

  /** Lets the operator tell when a record enters and leaves it. */
  follow(operator: Operator, part: Part | undefined): void {
    const process = operator.process.bind(operator);
    operator.process = (key, value, timestamp, headers) => this.within(operator, part, () => process(key, value, timestamp, headers));
  }

  /** What happens meanwhile is that operator's doing. */
  within(operator: Operator, part: Part | undefined, run: () => void): void {
    const open = this.#enter(operator.name);
    let isDone = false;
    try {
      run();
      isDone = true;
    } finally {
      this.#stack.pop();
      open.step = stepOf(open, operator, part, isDone);
    }
  }

  begin({ topic, partition, offset }: Pick<RawRecord, "topic" | "partition" | "offset">, key: unknown, timestamp: number): void {
    this.#record = { topic, partition, offset, key, timestamp };
    this.#steps = [];
    this.#stack.length = 0;
  }

  end(): void {
    if (this.#record !== undefined) this.#keep({ ...this.#record, steps: this.#steps.flatMap(({ step }) => step ?? []) });
    this.#record = undefined;
  }

  dropped(reason: DropReason): void {
    const open = this.#stack.at(-1);
    if (open !== undefined) open.reason = reason;
  }

  droppedAtSource({ topic, partition, offset, timestamp }: RawRecord, key: unknown, node: string, reason: DropReason): void {
    this.#keep({ topic, partition, offset, key, timestamp, steps: [{ node, depth: 0, fate: "dropped", reason }] });
  }

  waits(untilStreamTimeMs: number): void {
    const open = this.#stack.at(-1);
    if (open !== undefined) open.untilStreamTimeMs = Math.max(untilStreamTimeMs, open.untilStreamTimeMs ?? 0);
  }

  calls(): void {
    const open = this.#stack.at(-1);
    if (open !== undefined) open.isCalling = true;
  }

  unmatched(): void {
    const open = this.#stack.at(-1);
    if (open !== undefined) open.isUnmatched = true;
  }

  /** What was written down since the last call. */
  take(): Explanation[] {
    const explanations = this.#explanations;
    this.#explanations = [];
    return explanations;
  }

  #enter(node: string): OpenStep {
    const above = this.#stack.at(-1);
    if (above !== undefined) above.count++;
    const open: OpenStep = {
      node,
      depth: this.#stack.length,
      count: 0,
      reason: undefined,
      untilStreamTimeMs: undefined,
      isCalling: false,
      isUnmatched: false,
      step: undefined,
    };
    this.#stack.push(open);
    this.#steps.push(open);
    return open;
  }

  #keep(explanation: Explanation): void {
    this.#explanations.push(explanation);
    if (this.#explanations.length > EXPLANATIONS_MAX) this.#explanations.shift();
  }
}

function stepOf(
  { node, depth, count, reason, untilStreamTimeMs, isCalling, isUnmatched }: OpenStep,
  operator: Operator,
  part: Part | undefined,
  isDone: boolean,
): TraceStep {
  if (!isDone) return { node, depth, fate: "failed" };
  if (part?.kind === "sink") return reason === undefined ? { node, depth, fate: "written" } : { node, depth, fate: "dropped", reason };
  if (isCalling) return { node, depth, fate: "calling" };
  const details = {
    ...(count > 0 ? { count } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(untilStreamTimeMs === undefined ? {} : { untilStreamTimeMs }),
  };
  if (untilStreamTimeMs !== undefined) return { node, depth, fate: "waiting", ...details };
  if (count > 0) return { node, depth, fate: "forwarded", ...details };
  if (reason !== undefined) return { node, depth, fate: "dropped", ...details };
  if (isUnmatched) return { node, depth, fate: "unmatched" };
  if (operator.children.length === 0) return { node, depth, fate: "ended" };
  return { node, depth, fate: part?.kind === "processor" && part.stores.size > 0 ? "kept" : "filtered" };
}

/** An explanation for people: a line for the record, and one for each node. */
export function explanationText({ topic, partition, offset, key, timestamp, steps }: Explanation): string {
  const lines = steps.map((step) => `${"  ".repeat(step.depth + 1)}${step.node}: ${fateText(step)}`);
  return [`${topic}-${partition} at offset ${offset}, key ${keyText(key)}, time ${timestamp}`, ...lines].join("\n");
}

function fateText({ fate, count = 0, reason, untilStreamTimeMs }: TraceStep): string {
  const also = reason === undefined ? "" : `, and dropped some of it: ${reason}`;
  switch (fate) {
    case "forwarded":
      return `forwarded ${count === 1 ? "once" : `${count} times`}${also}`;
    case "written":
      return "written";
    case "dropped":
      return `dropped: ${reason}`;
    case "waiting":
      return `waits until stream time ${untilStreamTimeMs}${count > 0 ? `; forwarded ${count === 1 ? "once" : `${count} times`} what waited before` : ""}${also}`;
    case "calling":
      return "waits for the end of its call";
    case "unmatched":
      return "found no partner, nothing forwarded";
    case "kept":
      return "kept in its store, nothing forwarded";
    case "filtered":
      return "forwarded nothing";
    case "ended":
      return "taken; nothing follows";
    case "failed":
      return "threw";
  }
}
