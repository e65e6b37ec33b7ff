import type { ResourceLimits, Worker } from "node:worker_threads";
import type { Logger } from "@ottla/base";
import { ConnectError, type ConnectPlace } from "../connect-error.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import { inTime } from "../worker/in-time.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "../worker/task-world.ts";
import type { ThreadView } from "./place-connector.ts";
import { errorOf, portableError } from "./portable-error.ts";
import type { FromTaskThread, OffsetAnswer, OffsetCall, TaskGauges, ToTaskThread } from "./thread-messages.ts";

/** So many lines of its log are taken before the thread hears of it. */
const HEARD_EVERY = 100;
/** With V8's larger default, four in ten threads that came to their limit aborted the whole process. */
const YOUNG_MB = 8;
/** A thread that was not heard of for so many calls does not come. */
const START_TICKS_MAX = 60;
/** A thread that loads, or has one busy second, is not full. */
const SMOOTHING = 0.2;
const MIB = 2 ** 20;
/** Names of others in an error. */
const NAMED_MAX = 5;

/** What a thread is made with. */
export interface PoolThreadOptions {
  readonly id: number;
  readonly isOwn: boolean;
  /** Of its heap, and of its buffers besides. */
  readonly memoryMb: number;
  readonly makeWorker: (name: string, resourceLimits: ResourceLimits) => Worker;
  readonly logger: Logger;
  /** It runs nothing any more, or has ended. */
  readonly onEmpty: () => void;
  /** It died with these connectors on it. */
  readonly onDeath: (connectors: readonly string[]) => void;
}

/** Why a thread is no more: what the errors of its tasks say of it, and what to do. */
interface Death {
  readonly how: string;
  readonly remedy: string;
  readonly cause?: unknown;
}

interface HeldTask {
  readonly plan: TaskPlan;
  readonly world: TaskWorld;
  readonly ended: PromiseWithResolvers<void>;
  gauges: TaskGauges;
  isStopped: boolean;
}

/** A thread of tasks, seen from the worker. What kills it fails the tasks that ran on it, and nothing else. */
export class PoolThread implements ThreadView {
  readonly id: number;
  readonly isOwn: boolean;
  readonly memoryMb: number;
  readonly #options: PoolThreadOptions;
  readonly #worker: Worker;
  readonly #tasks = new Map<number, HeldTask>();
  readonly #exited = Promise.withResolvers<void>();
  #lastTask = 0;
  #heard = 0;
  /** Ticks since it was heard of. */
  #silentTicks = 0;
  #isReady = false;
  #death: Death | undefined;
  #isOver = false;
  /** One of its tasks would not end: nothing new comes here. */
  #isRetired = false;
  #utilization = 0;
  #lastUtilization: ReturnType<Worker["performance"]["eventLoopUtilization"]> | undefined;

  constructor(options: PoolThreadOptions) {
    this.#options = options;
    this.id = options.id;
    this.isOwn = options.isOwn;
    this.memoryMb = options.memoryMb;
    this.#worker = options.makeWorker(`ottla connect tasks ${options.id}`, {
      maxOldGenerationSizeMb: options.memoryMb,
      maxYoungGenerationSizeMb: YOUNG_MB,
    });
    this.#worker.on("message", (message: FromTaskThread) => this.#take(message));
    this.#worker.on("messageerror", (cause) => this.#die({ how: "sent what cannot be read", remedy: "", cause }));
    this.#worker.on("error", (cause: NodeJS.ErrnoException) => this.#die(deathOf(cause, this.memoryMb)));
    this.#worker.on("exit", (status) => this.#exitedWith(status));
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.on("data", (piece: Buffer) =>
        options.logger.info("a connector printed", {
          connectors: this.#names().join(", "),
          text: this.#masked(String(piece)).trim().slice(0, 2_000),
        }),
      );
  }

  #masked(printed: string): string {
    return new SecretMask([...this.#tasks.values()].flatMap(({ plan }) => plan.secrets ?? [])).text(printed);
  }

  get connectors(): ReadonlySet<string> {
    return new Set([...this.#tasks.values()].map(({ plan }) => plan.connector));
  }

  get utilization(): number {
    return this.#utilization;
  }

  get takesMore(): boolean {
    return !this.#isRetired && !this.#isOver && this.#death === undefined;
  }

  get isEmpty(): boolean {
    return this.#tasks.size === 0;
  }

  start(plan: TaskPlan, world: TaskWorld, files: readonly string[], stopMs: number): RunningTask {
    const task = ++this.#lastTask;
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => {});
    const held: HeldTask = { plan, world, ended, gauges: {}, isStopped: false };
    this.#tasks.set(task, held);
    this.#send({ type: "start", task, plan, files, isExactlyOnce: world.offsets.records !== undefined });
    return {
      ended: ended.promise,
      pause: () => this.#send({ type: "pause", task }),
      resume: () => this.#send({ type: "resume", task }),
      metrics: () => held.gauges,
      stop: () => this.#stop(task, held, stopMs),
    };
  }

  /** Asks whether it is there, and looks at what it takes; one that says nothing for so many calls is ended. */
  tick(silentTicksMax: number, blockedMs: number, tellsDebug: boolean): void {
    if (this.isEmpty) return;
    const now = this.#worker.performance.eventLoopUtilization();
    const { utilization } = this.#worker.performance.eventLoopUtilization(now, this.#lastUtilization);
    this.#utilization += SMOOTHING * (utilization - this.#utilization);
    this.#lastUtilization = now;
    // Before that only our own code is loaded, which a busy machine makes late.
    if (this.#silentTicks++ >= (this.#isReady ? silentTicksMax : Math.max(silentTicksMax, START_TICKS_MAX)))
      return this.#kill({
        how: `was held for more than ${blockedMs / 1_000} s by code that did not give way`,
        remedy:
          "Look for a loop without an end or a synchronous call in the plugin; ottla.thread.blocked.ms of the worker says how long is borne.",
      });
    this.#send({ type: "ping", tellsDebug });
    void this.#judgeBuffers();
    return undefined;
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#worker.terminate();
    await this.#exited.promise;
  }

  /** Buffers are outside of the heap, which alone has a limit of V8's. */
  async #judgeBuffers(): Promise<void> {
    // Of Node 22.16 and later.
    const heap = await (this.#worker as { getHeapStatistics?(): Promise<{ external_memory: number }> })
      .getHeapStatistics?.()
      .catch(() => undefined);
    if (heap !== undefined && heap.external_memory > this.memoryMb * MIB)
      this.#kill({
        how: `held ${Math.round(heap.external_memory / MIB)} MiB of buffers, more than the ${this.memoryMb} MiB it may`,
        remedy: MEMORY_REMEDY,
      });
  }

  async #stop(task: number, held: HeldTask, stopMs: number): Promise<void> {
    held.isStopped = true;
    if (!this.#tasks.has(task)) return;
    this.#send({ type: "stop", task });
    if (await inTime(held.ended.promise, stopMs, held.world.clock)) return;
    const { connector, task: number } = held.plan;
    this.#isRetired = true;
    const isAlone = [...this.#tasks.values()].every((each) => each.isStopped);
    held.world.logger.warn(
      isAlone
        ? "a task did not end in time; its thread was ended"
        : "a task did not end in time; it is left behind, and its thread with it when the others there have ended",
      { connector, task: number, stopMs },
    );
    this.#tasks.delete(task);
    held.ended.resolve();
    if (isAlone) await this.end();
    else if (this.isEmpty) this.#options.onEmpty();
  }

  #send(message: ToTaskThread): void {
    if (!this.#isOver) this.#worker.postMessage(message);
  }

  #take(message: FromTaskThread): void {
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        this.#silentTicks = 0;
        return;
      case "ended": {
        const held = this.#tasks.get(message.task);
        if (held === undefined) return;
        this.#tasks.delete(message.task);
        held.gauges = message.gauges;
        if (message.error === undefined) held.ended.resolve();
        else held.ended.reject(errorOf(message.error));
        if (this.isEmpty) this.#options.onEmpty();
        return;
      }
      case "ask":
        return void this.#answer(message.task, message.call, message.question);
      case "topic":
        return this.#tasks.get(message.task)?.world.onTopic(message.topic);
      case "pong":
        this.#silentTicks = 0;
        for (const [task, gauges] of message.gauges) {
          const held = this.#tasks.get(task);
          if (held !== undefined) held.gauges = gauges;
        }
        return;
      case "fatal": {
        const cause = errorOf(message.error);
        return this.#kill({ how: `was ended by an error that nobody caught: ${cause.message}`, remedy: "", cause });
      }
      case "log":
        this.#options.logger[message.level](message.message, message.fields);
        if (++this.#heard < HEARD_EVERY) return;
        this.#send({ type: "heard", count: this.#heard });
        this.#heard = 0;
    }
  }

  async #answer(task: number, call: number, question: OffsetCall): Promise<void> {
    // Of one that was left behind nothing is taken any more.
    const held = this.#tasks.get(task);
    if (held === undefined) return;
    try {
      const value = await asked(held.world.offsets, question);
      this.#send({ type: "answer", call, ...(value !== undefined && { value }) });
    } catch (error) {
      this.#send({ type: "answer", call, error: portableError(error) });
    }
  }

  #kill(death: Death): void {
    this.#die(death);
    void this.#worker.terminate();
  }

  #die(death: Death): void {
    if (!this.#isOver) this.#death ??= death;
  }

  #exitedWith(status: number): void {
    const isOurs = this.#isOver;
    this.#isOver = true;
    this.#exited.resolve();
    const death = this.#death ?? {
      how: isOurs ? "was ended" : `ended with status ${status}: process.exit() was called in it`,
      remedy: isOurs ? "" : "A plugin throws where it can do no more.",
    };
    const names = this.#names();
    if (!isOurs) this.#options.onDeath(names);
    for (const { plan, ended, isStopped } of this.#tasks.values())
      if (isStopped) ended.resolve();
      else ended.reject(threadError(plan, death, names));
    this.#tasks.clear();
    this.#options.onEmpty();
  }

  #names(): string[] {
    return [...this.connectors].toSorted();
  }
}

const MEMORY_REMEDY = "Give it more by ottla.thread.memory.mb of the connector or the worker, or let the plugin hold less.";

function nothing(): undefined {
  return undefined;
}

function deathOf(cause: NodeJS.ErrnoException, memoryMb: number): Death {
  if (cause.code === "ERR_WORKER_OUT_OF_MEMORY")
    return { how: `ran out of the ${memoryMb} MiB of memory it may take`, remedy: MEMORY_REMEDY, cause };
  return { how: `died of ${cause.message}`, remedy: "", cause };
}

/** One task's part of its thread's death. Where others were there too, nobody knows which of them it was. */
function threadError({ connector, task }: TaskPlan, { how, remedy, cause }: Death, names: readonly string[]): ConnectError {
  const place: ConnectPlace = { connector, task };
  const others = names.filter((name) => name !== connector);
  const shared =
    others.length === 0
      ? ""
      : ` ${others
          .slice(0, NAMED_MAX)
          .map((name) => `"${name}"`)
          .join(
            ", ",
          )}${others.length > NAMED_MAX ? ` and ${others.length - NAMED_MAX} more` : ""} ran there too; each has a thread of its own for a while, so that the one at fault fails alone.`;
  const end = /[.!?]$/.test(how) ? "" : ".";
  const message = `Connector "${connector}", task ${task}: the thread of its tasks ${how}${end}${remedy === "" ? "" : ` ${remedy}`}${shared}`;
  return new ConnectError("CONNECT_THREAD", message, { cause, place });
}

function asked(offsets: TaskWorld["offsets"], question: OffsetCall): Promise<OffsetAnswer> {
  switch (question.op) {
    case "get":
      return offsets.get(question.partition);
    case "put":
      return offsets.put(question.offsets).then(nothing);
    case "records":
      return Promise.resolve(offsets.records?.(question.offsets));
  }
}
