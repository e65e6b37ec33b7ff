import type { DropReason, HeldRecord, InputRecord } from "../processors/operator.ts";
import type { SourceBytes } from "../stores/store-builder.ts";
import { deadLetterHeaders } from "./dead-letters.ts";
import { type Decision, FailurePolicy } from "./failure-policy.ts";
import { afterAttempts, type FailedRecord, processingError } from "./failures.ts";
import type { Position } from "./position.ts";
import { stateFailureIn } from "./state-failure.ts";
import type { TaskOptions } from "./task-options.ts";
import type { TaskSpans } from "./task-spans.ts";

/** Where a task is when something throws. */
export interface FailingTask {
  readonly position: Position;
  /** The record that is being processed; undefined in punctuators. */
  readonly input: InputRecord | undefined;
  readonly spans: TaskSpans | undefined;
}

/** What becomes of what a task's operators and punctuators throw: handlers are asked, dead letters are written, and what stops the task goes up through it unasked about. */
export class TaskFailures {
  readonly policy: FailurePolicy;
  readonly #options: TaskOptions;
  readonly #task: FailingTask;
  /** What stopped the task. */
  #stopping: unknown;

  /** Throws `STREAMS_BAD_ARGUMENT`. */
  constructor(options: TaskOptions, task: FailingTask) {
    this.#options = options;
    this.#task = task;
    this.policy = new FailurePolicy(options.onError, options.writesDeadLetters === false ? undefined : options.collector);
  }

  /** Decides about what a node threw at this attempt (from 1): true: again; false: the record goes no further there. Throws what stops the task. */
  onFailure(node: string, error: unknown, key: unknown, value: unknown, attempt: number): boolean {
    if (this.#isStoppedBy(error)) throw error;
    const failed = this.#failed(node, error, key, value, attempt);
    return this.#decided(failed, () => this.policy.process(failed), "failed");
  }

  /** Decides likewise about a record that a sink could not write. */
  onUnwritten(sink: string, error: unknown, toTopic: string, key: unknown, value: unknown, attempt: number): boolean {
    const failed = { ...this.#failed(sink, error, key, value, attempt), toTopic };
    return this.#decided(failed, () => this.policy.produce(failed), "not writable");
  }

  /** Writes what came from a topic to another one, with headers that say what failed. */
  sendDeadLetter(node: string, topic: string, of: HeldRecord, thrown: Error): void {
    const error = processingError(node, thrown, of, of.key, of.input);
    const { key: sourceKey, value: sourceValue } = of.source ?? noSource;
    this.#options.collector.send(
      topic,
      undefined,
      sourceKey,
      sourceValue,
      of.timestamp,
      deadLetterHeaders({ error, headers: of.headers, topic: of.topic, partition: of.partition, offset: of.offset }),
    );
  }

  /** Whether it is on its way out of the task. Users may throw undefined as well. What is wrong with the task's state is no record's failure: whoever passed it over would go on with what a store has lost. */
  #isStoppedBy(error: unknown): boolean {
    return (this.#stopping !== undefined && error === this.#stopping) || stateFailureIn(error) !== undefined;
  }

  /** True: again. Throws what stops the task, which no handler is asked about any more. */
  #decided({ node, error, attempt }: FailedRecord, decide: () => Decision, reason: DropReason): boolean {
    let decision: Decision;
    try {
      decision = decide();
    } catch (handlerError) {
      this.#stopping = handlerError;
      throw handlerError;
    }
    if (decision === "retry") {
      const pauseMs = this.policy.backoffMs(attempt);
      if (pauseMs > 0) this.#options.pause?.(pauseMs);
      return true;
    }
    this.#task.spans?.failed(node, error);
    if (decision === "fail") {
      this.#stopping = attempt === 1 ? error : afterAttempts(error, attempt);
      throw this.#stopping;
    }
    // A step that threw is told as such.
    if (reason === "not writable") this.#options.trace?.dropped(reason);
    this.#options.onDropped?.(node, reason);
    return false;
  }

  #failed(node: string, error: unknown, key: unknown, value: unknown, attempt: number): FailedRecord {
    const { position, input } = this.#task;
    const { topic, partition, offset, timestamp, headers } = position;
    const { key: sourceKey, value: sourceValue } = position.source ?? noSource;
    const named = processingError(node, error, position, key, input);
    const { taskId } = this.#options;
    return { node, taskId, topic, partition, offset, timestamp, headers, key, value, sourceKey, sourceValue, error: named, attempt };
  }
}

const noSource: SourceBytes = { key: null, value: null };
