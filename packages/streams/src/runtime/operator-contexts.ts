import type { Operator, OperatorContext } from "../processors/operator.ts";
import type { StateStore } from "../stores/store.ts";
import { StreamsError } from "../streams-error.ts";
import type { Position } from "./position.ts";
import type { TaskOptions } from "./task-options.ts";
import type { TaskPunctuations } from "./task-punctuations.ts";

/** A second, as in Java. */
const EMIT_INTERVAL_MS = 1000;

type FanOut = Parameters<OperatorContext["fanOut"]>[0];

/** What operators reach of their task. */
export interface ContextTask {
  readonly position: Position;
  readonly stores: ReadonlyMap<string, StateStore>;
  /** What operators have to know again when the task goes on after a restart. */
  readonly metadata: Map<string, number>;
  readonly punctuations: TaskPunctuations;
  readonly streamTimeMs: () => number;
  /** Makes what a record becomes many of, at once or in slices. */
  readonly fanOut: (fanOut: FanOut, operator: Operator) => void;
}

/** What each operator of a task is given: the stores that it is connected to, the clocks, and where it tells what becomes of records. */
export class OperatorContexts {
  readonly #options: TaskOptions;
  readonly #task: ContextTask;

  constructor(options: TaskOptions, task: ContextTask) {
    this.#options = options;
    this.#task = task;
  }

  of(operator: Operator): OperatorContext {
    const {
      applicationId,
      taskId,
      topology,
      systemTimeMs,
      elapsedMs = systemTimeMs,
      emitIntervalMs = EMIT_INTERVAL_MS,
      onDropped,
      trace,
    } = this.#options;
    const { position, metadata, punctuations, streamTimeMs, fanOut } = this.#task;
    const part = topology.parts.get(operator.name);
    const meter = this.#options.meter?.follow(operator, part?.kind ?? "processor");
    const connected = part?.kind === "processor" ? part.stores : new Set<string>();
    return {
      applicationId,
      taskId,
      record: position,
      streamTimeMs,
      systemTimeMs,
      elapsedMs,
      emitIntervalMs,
      store: <S extends StateStore>(name: string): S => this.#storeOf(operator, connected, name) as S,
      isGlobal: (name) => this.#options.globalStores.has(name),
      metadata,
      schedule: (intervalMs, type, punctuator, startMs) => punctuations.schedule(operator.name, intervalMs, type, punctuator, startMs),
      commit: () => this.#options.onCommitRequested?.(),
      dropped: (reason) => {
        trace?.dropped(reason);
        onDropped?.(operator.name, reason);
      },
      waits: trace === undefined ? undefined : (untilStreamTimeMs) => trace.waits(untilStreamTimeMs),
      fanOut: (made) => fanOut(made, operator),
      calls: () => trace?.calls(),
      unmatched: () => {
        if (meter !== undefined) meter.unmatchedCount++;
        trace?.unmatched();
      },
    };
  }

  #storeOf(operator: Operator, connected: ReadonlySet<string>, name: string): StateStore {
    const found = (connected.has(name) ? this.#task.stores.get(name) : undefined) ?? this.#options.globalStores.get(name);
    if (found !== undefined) return found;
    const known = [...connected].join(", ") || "none";
    throw new StreamsError(
      "STREAMS_STORE_NOT_CONNECTED",
      `${operator.name} asks for state store ${name}, which it is not connected to: name it where the processor is added (connected: ${known}).`,
      { place: { node: operator.name } },
    );
  }
}
