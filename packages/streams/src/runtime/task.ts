import { invariant } from "@ottla/base";
import type { OpenCall } from "../processors/async/open-call.ts";
import { noPromise } from "../processors/no-promise.ts";
import type { HeldRecord, InputRecord, Operator, OperatorTask } from "../processors/operator.ts";
import { type Headers, noHeaders } from "../record.ts";
import type { PartitionProgress } from "../stores/persistent/task-state.ts";
import { giveUpTo, type TakesSteps } from "../stores/flushes-in-steps.ts";
import type { StateStore } from "../stores/store.ts";
import type { StreamsError } from "../streams-error.ts";
import { AsyncCalls } from "./async-calls.ts";
import { buildOperators } from "./build-operators.ts";
import { beginning, nodeError } from "./failures.ts";
import { FanOuts, type FanOutsHost, type HeldFanOut, makeAll } from "./fan-outs.ts";
import { OpenedStores } from "./opened-stores.ts";
import { OperatorContexts } from "./operator-contexts.ts";
import type { Position } from "./position.ts";
import { Progress } from "./progress.ts";
import type { Punctuator } from "../processor/processor.ts";
import type { Punctuations } from "./punctuations.ts";
import { type QueuedRecord, type RawRecord, RecordQueues } from "./record-queues.ts";
import { RecordReader } from "./record-reader.ts";
import type { SourceOperator } from "./source-operator.ts";
import { TaskFailures } from "./task-failures.ts";
import type { TaskOptions } from "./task-options.ts";
import { TaskPunctuations } from "./task-punctuations.ts";
import type { TaskSources } from "./task-sources.ts";
import type { TaskSpans } from "./task-spans.ts";
import { openStores } from "./task-stores.ts";
import { StoreFlushes } from "./store-flushes.ts";
import { UnslicedNodes } from "./unsliced-nodes.ts";

/** The operators and stores of some nodes of a topology for one partition, and the clocks they live by. Synchronous: a record is done with when the call returns, but for what waits in `calls`, and what it becomes many of ({@link Task.isFanningOut}). */
export class Task implements OperatorTask, FanOutsHost {
  readonly position: Position;
  /** The record that is being processed. */
  input: InputRecord | undefined;
  isDeferring = false;
  readonly stepsPerSlice: number;
  readonly stores: ReadonlyMap<string, StateStore>;
  readonly calls: AsyncCalls;
  readonly spans: TaskSpans | undefined;
  /** What operators have to know again when the task goes on after a restart. */
  readonly #metadata: Map<string, number>;
  readonly #flushes: StoreFlushes;
  readonly #options: TaskOptions;
  readonly #failures: TaskFailures;
  readonly #operators: readonly Operator[];
  readonly #sources: TaskSources;
  readonly #queues: RecordQueues<SourceOperator>;
  /** Only kept where it is committed. */
  readonly #progress: Progress | undefined;
  readonly #punctuations: TaskPunctuations;
  /** Somebody may ask for the bytes that a record was made of: what holds records back holds those, too. */
  readonly #keepsSource: boolean;
  readonly #flushesAtCommit: boolean;
  /** Undefined: one record becomes many in one call. */
  readonly #fanOuts: FanOuts | undefined;
  readonly #unsliced: UnslicedNodes;
  #streamTimeMs = -1;
  #isHalfDone = false;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.spans = options.spans?.ofTask(options);
    const { committed, stores = new OpenedStores((record, streamTimeMs) => openStores(options, record, streamTimeMs)) } = options;
    this.position = stores.position;
    this.#progress = committed === undefined ? undefined : new Progress((topic, partition) => committed.partitionTimeMs(topic, partition));
    this.#metadata = committed?.numbers() ?? new Map();
    this.#flushesAtCommit = options.flushesAtCommit === true;
    this.stepsPerSlice = options.stepsPerSlice ?? Number.POSITIVE_INFINITY;
    this.#fanOuts = options.stepsPerSlice === undefined ? undefined : new FanOuts(this);
    this.#queues = new RecordQueues<SourceOperator>({
      sourceOf: (topic) => this.#sourceOf(topic),
      startTimeMs: (topic, partition) => committed?.partitionTimeMs(topic, partition) ?? -1,
      read: (into, raw, partitionTimeMs) => reader.read(into, raw, partitionTimeMs),
    });
    this.#failures = new TaskFailures(options, this);
    const reader = new RecordReader(options, this.#failures.policy, (raw) =>
      this.#progress?.passed(raw.topic, raw.partition, raw.offset, -1),
    );
    this.#punctuations = new TaskPunctuations(() => this.#streamTimeMs, options.systemTimeMs);
    const { operators, sources } = buildOperators(options, this);
    this.#operators = operators;
    this.#unsliced = new UnslicedNodes(options.topology, operators);
    this.#sources = sources;
    this.stores = stores.all;
    stores.streamTimeMs = () => this.#streamTimeMs;
    this.#flushes = new StoreFlushes({
      stores: [...this.stores.values()],
      fanOuts: this.#fanOuts,
      stepsPerSlice: this.stepsPerSlice,
      after: (call) => {
        this.#isHalfDone = true;
        this.#after(call);
      },
    });
    this.calls = new AsyncCalls(operators, (operator, call, give) => this.#resume(operator, call, give));
    this.#keepsSource = this.#failures.policy.usesSource || this.calls.isPossible;
    if (this.#fanOuts !== undefined)
      for (const [name, store] of this.stores) giveUpTo(store, this.#stepsOf(this.#fanOuts, operatorsOf(options, operators, name)));
    const contexts = new OperatorContexts(options, {
      position: this.position,
      stores: this.stores,
      metadata: this.#metadata,
      punctuations: this.#punctuations,
      streamTimeMs: () => this.#streamTimeMs,
      fanOut: (fanOut, { name }) => {
        if (this.#fanOuts === undefined || this.#unsliced.has(name)) makeAll(fanOut);
        else this.#fanOuts.add(fanOut);
      },
    });
    for (const operator of operators) beginning(operator.name, () => operator.init(contexts.of(operator)));
  }

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  /** When the next punctuator that follows stream time is due; undefined: there is none. */
  get nextStreamTimePunctuationMs(): number | undefined {
    return this.#punctuations.streamTime.nextMs;
  }

  /** Something threw on its way through the task, or it is fanning out: what is in its stores is half of what a record or punctuator does, and must not be committed. */
  get isHalfDone(): boolean {
    return this.#isHalfDone;
  }

  /** A record became more than one slice makes: {@link Task.fanOut} goes on with it. Until that is done the task must take nothing else, and not be committed. */
  get isFanningOut(): boolean {
    return this.#fanOuts !== undefined && !this.#fanOuts.isEmpty;
  }

  /** Whether one of its sources reads the topic. */
  reads(topic: string): boolean {
    return this.#sources.get(topic) !== undefined;
  }

  /** Takes a record that waits for its turn. */
  add(record: RawRecord): void {
    this.#queues.add(record);
  }

  /** How many records of a topic's partition wait for their turn. */
  waitingCount(topic: string, partition: number): number {
    return this.#queues.count(topic, partition);
  }

  /** Of how many partitions records wait. */
  get filledQueueCount(): number {
    return this.#queues.filledCount;
  }

  /** How long until {@link Task.punctuateWallClock} has something to do; Infinity: nothing waits for that clock. */
  get wallClockDueInMs(): number {
    const { wallClock } = this.#punctuations;
    const callMs = this.calls.nextDueMs;
    const callInMs = callMs === undefined ? Infinity : callMs - this.#elapsedMs();
    if (wallClock.size === 0) return callInMs;
    const nowMs = this.#options.systemTimeMs();
    wallClock.noteTime(nowMs);
    return Math.min((wallClock.nextMs ?? Infinity) - nowMs, callInMs);
  }

  /** Processes the next record that waits, with the punctuators it makes due, and flushes the stores. False: none waits. */
  processNext(): boolean {
    invariant(!this.isFanningOut, "a record waits until all is made of the one before");
    const record = this.#queues.next();
    if (record === undefined) return false;
    this.#isHalfDone = true;
    this.#process(record);
    if (this.isDeferring || this.#punctuations.streamTime.size > 0) this.#endRecord();
    else this.#endWork();
    return true;
  }

  /** Punctuators follow, when what is left of the record has been done. Apart: a function that has a closure makes garbage for each record. */
  #endRecord(): void {
    if (this.isDeferring) this.#after(() => this.#endRecord());
    else this.#punctuate(this.#punctuations.streamTime, this.#streamTimeMs, () => this.#endWork());
  }

  /** Makes the next slice of what a record becomes many of. */
  fanOut(): void {
    const fanOuts = this.#fanOuts;
    invariant(fanOuts !== undefined && !fanOuts.isEmpty, "something is fanning out");
    this.#isHalfDone = true;
    fanOuts.goOn();
    this.#isHalfDone = !fanOuts.isEmpty;
  }

  /** Does it when what is fanning out has been done. */
  #after(call: () => void): void {
    this.#fanOuts?.defer(call);
  }

  defer(call: () => void): void {
    this.#fanOuts?.defer(this.#spanned(this.position.headers, call));
  }

  within(headers: Headers, work: () => void): void {
    this.#spanned(headers, work)();
  }

  failed({ fanOut: { operator }, key, value, attempt }: HeldFanOut, error: unknown): boolean {
    if (operator === undefined) throw error;
    return this.onFailure(operator, error, key, value, attempt);
  }

  #endWork(): void {
    if (!this.#flushesAtCommit) this.flush();
    this.#isHalfDone = this.isFanningOut;
  }

  /** Calls the punctuators of the machine's clock that are due; calls that took too long are given up, and those whose time has come are tried again. */
  punctuateWallClock(): void {
    const nowMs = this.#options.systemTimeMs();
    this.#isHalfDone = true;
    this.#punctuate(this.#punctuations.wallClock, nowMs, () => {
      this.calls.onClock(this.#elapsedMs());
      this.#endWork();
    });
  }

  #elapsedMs(): number {
    const { elapsedMs, systemTimeMs } = this.#options;
    return (elapsedMs ?? systemTimeMs)();
  }

  /** Lets caches give on what they hold, and stores write what they write at a commit. Done when it is not {@link Task.isFanningOut}. */
  flush(): void {
    this.#flushes.flush(this.stepsPerSlice);
  }

  /**
   * What a full cache gives up is made in slices where nobody can tell: nothing comes of it but what is written below the cache, as of a user's own store, or nobody who uses the store does anything
   * behind the put or read that made it give up, but forward.
   */
  #stepsOf(fanOuts: FanOuts, users: readonly Operator[]): TakesSteps {
    const isSliced = users.every(({ forwardsLast }) => forwardsLast);
    return (walk, isHeard) => {
      if (this.isDeferring || (isHeard && (!isSliced || users.some(({ name }) => this.#unsliced.has(name))))) return false;
      fanOuts.add({ operator: undefined, key: undefined, value: undefined, begin: () => walk });
      return true;
    };
  }

  /** Whether all records of a topic's partition up to that offset are done with, or dropped. */
  hasPassed(topic: string, partition: number, endOffset: number): boolean {
    return (this.#progress?.next(topic, partition) ?? this.nextOffset(topic, partition)) >= endOffset;
  }

  /** All records of a partition before that offset are done with. */
  doneOffset(topic: string, partition: number): number {
    const next = this.#progress?.next(topic, partition) ?? this.nextOffset(topic, partition);
    if (!this.calls.isPossible) return next;
    const held = this.calls.lowestOffsets().find((each) => each.topic === topic && each.partition === partition);
    return Math.min(next, held?.offset ?? next);
  }

  /** The first offset to read of a partition, as of the last commit. */
  nextOffset(topic: string, partition: number): number {
    return this.#options.committed?.offset(topic, partition) ?? 0;
  }

  /** Gives on what caches hold, and says what a commit would put down: how far partitions have been read, as far as their records are done with, and what operators have to know again. */
  prepareCommit(): { readonly progress: readonly PartitionProgress[]; readonly numbers: ReadonlyMap<string, number> } {
    invariant(!this.#isHalfDone, "a task whose record failed is not committed");
    this.#flushes.flush(Number.POSITIVE_INFINITY);
    invariant(!this.isFanningOut, "what caches gave on is done with before");
    return { progress: this.#progress?.committable(this.calls.lowestOffsets()) ?? [], numbers: this.#metadata };
  }

  /** Writes what the stores hold to the disk, and with it how far the task has read: all or nothing (`STREAMS_STATE_WRITE`). Nothing is lost by a commit that failed, it may come again. Not when {@link Task.isHalfDone}. */
  commit(): void {
    const { progress, numbers } = this.prepareCommit();
    this.#options.committed?.commit(progress, numbers);
  }

  /** Closes all, whatever a user's `close` throws, and then throws the first of that. */
  close(): void {
    let failed: StreamsError | undefined;
    this.#fanOuts?.close();
    for (const operator of this.#operators) {
      try {
        operator.close();
      } catch (error) {
        failed ??= nodeError(operator.name, "could not be closed", error);
      }
    }
    for (const store of this.stores.values()) store.close();
    if (failed !== undefined) throw failed;
  }

  onFailure(operator: Operator, error: unknown, key: unknown, value: unknown, attempt: number): boolean {
    return this.#failures.onFailure(operator.name, error, key, value, attempt);
  }

  onUnwritten(sink: Operator, error: unknown, toTopic: string, key: unknown, value: unknown, attempt: number): boolean {
    return this.#failures.onUnwritten(sink.name, error, toTopic, key, value, attempt);
  }

  sendDeadLetter(operator: Operator, topic: string, of: HeldRecord, error: Error): void {
    this.#failures.sendDeadLetter(operator.name, topic, of, error);
  }

  /** Goes on with a record whose call has ended. Stream time stays as it is: it went on when the record came. */
  #resume(operator: Operator, call: OpenCall, give: () => void): void {
    const position = this.position;
    position.topic = call.topic;
    position.partition = call.partition;
    position.offset = call.offset;
    position.timestamp = call.timestamp;
    position.headers = call.headers;
    position.source = call.source;
    this.input = call.input;
    this.#isHalfDone = true;
    const { trace, topology } = this.#options;
    const given = this.#spanned(call.headers, give);
    try {
      if (trace === undefined) given();
      else {
        trace.begin(call, call.key, call.timestamp);
        trace.within(operator, topology.parts.get(operator.name), given);
        trace.end();
      }
    } finally {
      this.input = undefined;
    }
    if (this.isFanningOut) this.#after(() => this.#endWork());
    else this.#endWork();
  }

  #spanned(headers: Headers, give: () => void): () => void {
    const { spans } = this;
    return spans === undefined ? give : () => spans.resumed(headers, give);
  }

  #process(record: QueuedRecord<SourceOperator>): void {
    const { source, raw, key, value, timestamp } = record;
    invariant(raw !== undefined, "a record that was taken has been read");
    record.raw = undefined;
    record.key = null;
    record.value = null;
    if (timestamp > this.#streamTimeMs) this.#streamTimeMs = timestamp;
    const position = this.position;
    position.topic = raw.topic;
    position.partition = raw.partition;
    position.offset = raw.offset;
    position.timestamp = timestamp;
    position.headers = raw.headers;
    position.source = this.#keepsSource ? raw : undefined;
    this.input = raw;
    this.#options.trace?.begin(raw, key, timestamp);
    if (source.meter !== undefined) source.meter.taken(raw, timestamp);
    if (this.spans === undefined) source.process(key, value, timestamp, raw.headers);
    else this.#processSpanned(this.spans, source, raw, key, value, timestamp);
    this.#options.trace?.end();
    this.#progress?.passed(raw.topic, raw.partition, raw.offset, timestamp);
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #processSpanned(spans: TaskSpans, source: SourceOperator, raw: RawRecord, key: unknown, value: unknown, timestamp: number): void {
    spans.record(raw, (headers) => {
      this.position.headers = headers;
      source.process(key, value, timestamp, headers);
    });
  }

  /** One after another, each when what came of the one before has been done; and then what comes after. */
  #punctuate(punctuations: Punctuations, nowMs: number, then: () => void): void {
    punctuations.punctuate(nowMs, (owner, punctuator) => {
      this.#callPunctuator(owner, punctuator, nowMs);
      return !this.isFanningOut;
    });
    if (this.isFanningOut) this.#after(() => this.#punctuate(punctuations, nowMs, then));
    else then();
  }

  #callPunctuator(owner: string, punctuator: Punctuator, nowMs: number): void {
    for (let attempt = 1; ; attempt++) {
      this.position.reset(nowMs, noHeaders);
      this.input = undefined;
      try {
        if (this.spans === undefined) noPromise<unknown>(punctuator(nowMs));
        else this.spans.punctuated(owner, () => noPromise<unknown>(punctuator(nowMs)));
        return;
      } catch (error) {
        if (!this.#failures.onFailure(owner, error, undefined, undefined, attempt)) return;
      }
    }
  }

  #sourceOf(topic: string): SourceOperator {
    const source = this.#sources.get(topic);
    invariant(source !== undefined, `the task reads ${topic}`);
    return source;
  }
}

/** Those that are connected to a store. */
function operatorsOf({ topology }: TaskOptions, operators: readonly Operator[], store: string): readonly Operator[] {
  return operators.filter(({ name }) => topology.stores.get(store)?.processors.has(name));
}
