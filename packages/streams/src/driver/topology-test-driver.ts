import { told } from "../known-options.ts";
import { type Headers, noHeaders } from "../record.ts";
import type { DropReason } from "../processors/operator.ts";
import type { ErrorHandlers } from "../runtime/failures.ts";
import { RecordCache } from "../stores/cache/record-cache.ts";
import { Task } from "../runtime/task.ts";
import type { SpanSource } from "../runtime/task-spans.ts";
import { type Explanation, Trace } from "../runtime/trace.ts";
import type { StateStore } from "../stores/store.ts";
import { StreamsError } from "../streams-error.ts";
import type { Topology } from "../topology/topology.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { repartitionTopicName } from "../topology/internal-topics.ts";
import { arrangeBy, type CallOrder } from "./call-order.ts";
import { checkDriverOptions } from "./check-options.ts";
import { DriverState } from "./driver-state.ts";
import { type DriverTopic, DriverTopics, type TopicReader } from "./driver-topics.ts";
import { GlobalTask } from "../runtime/global-task.ts";
import { OpenCalls, type SettleOptions } from "./open-calls.ts";
import type { RawRecord } from "../runtime/record-queues.ts";
import type { ProducedRecord } from "./produced-record.ts";
import { TestInputTopic, type TestInputTopicOptions } from "./test-input-topic.ts";
import { TestOutputTopic } from "./test-output-topic.ts";
import type { RawInput, RecordedRecord, TopicReaders, TopicSerdes } from "./topic-types.ts";

/** How a {@link TopologyTestDriver} runs. */
export interface DriverOptions {
  /** Before the names of the application's own topics; `test-app` unless told. */
  readonly applicationId?: string;
  /** What its clock shows at the beginning; the driver's time goes on by `advanceWallClockTime` only. 0 unless told. */
  readonly initialWallClockMs?: number;
  /**
   * A directory where persistent stores are kept, under the application's id. Another driver with the same topology and directory, also after a crash, goes on where the last input that was
   * done with left it: with what persistent stores hold, what waits in `suppress`, and the offsets of topics; `replay` passes over what was processed. Stores in memory begin empty. The
   * constructor throws `STREAMS_STATE_CORRUPTED` when the state cannot be read, `DISK_LOCKED` when another process has it, and what else the disk says; each input may throw
   * `STREAMS_STATE_WRITE` when it cannot be written. Without, persistent stores are in memory as well.
   */
  readonly stateDir?: string;
  /** What stores with `caching` may hold back while one record is processed, in bytes (Java's `statestore.cache.max.bytes`): after it all is given on. Default 0, every change is. */
  readonly cacheMaxBytes?: number;
  /** What becomes of records that cannot be read, processed or written; without, the call that led to it throws. */
  readonly onError?: ErrorHandlers;
  /** In which order results of asynchronous steps are given on that are there at the same time. Default `arrival`: as their records came. */
  readonly callOrder?: CallOrder;
  /** Writes down what becomes of each record, for `explain()`. */
  readonly explain?: boolean;
  /** Makes spans of what the topology does, as in an application. */
  readonly spans?: SpanSource;
}

/** How the driver's task goes about its work; what it makes is the same, topic by topic. */
export interface DriverPace {
  /** As `TaskOptions.stepsPerSlice`: as applications have it, to compare the two. Without, one call makes all. */
  readonly stepsPerSlice?: number;
}

/** After so many records of a replay what was done is written to the disk, if there is one. */
const COMMIT_RECORDS = 1_000;

/** How many internal records one input may lead to before the driver takes it for an endless loop. */
const RECORDS_OF_ONE_INPUT_MAX = 10_000_000;

/**
 * Runs a whole topology without a cluster: one task for all of it, every topic with one partition, and everything done when a call returns. What the topology writes to topics that it reads
 * itself is given back to it. Use it with `using`, or close it.
 */
export class TopologyTestDriver implements Disposable {
  readonly #applicationId: string;
  readonly #topology: TopologyBuilder;
  readonly #topics: DriverTopics;
  readonly #global: GlobalTask;
  readonly #task: Task;
  readonly #dropped = new Map<DropReason, number>();
  readonly #trace: Trace | undefined;
  readonly #calls: OpenCalls;
  readonly #state: DriverState | undefined;
  #wallClockMs: number;
  /** The clock went on while a record waited to be tried again: punctuators may be due. */
  #isClockAhead = false;
  #isClosed = false;
  /** A call that processes has not returned yet. */
  #isBusy = false;

  constructor(topology: Topology, options: DriverOptions = {}, { stepsPerSlice }: DriverPace = {}) {
    checkDriverOptions(topology, options);
    const {
      applicationId = "test-app",
      initialWallClockMs = 0,
      stateDir,
      cacheMaxBytes = 0,
      onError,
      callOrder = "arrival",
      explain = false,
      spans,
    } = options;
    this.#applicationId = applicationId;
    this.#trace = explain ? new Trace() : undefined;
    this.#wallClockMs = initialWallClockMs;
    this.#topology = topology.builder;
    this.#topics = new DriverTopics((topic) => this.#readerOf(topic));
    const groups = this.#topology.nodeGroups();
    const isGlobal = (names: readonly string[]) => names.some((name) => this.#topology.isGlobalSource(name));
    const shared = {
      applicationId,
      taskId: "0_0",
      partition: 0,
      topology: this.#topology,
      collector: this.#topics,
      systemTimeMs: () => this.#wallClockMs,
      pause: (ms: number) => {
        this.#wallClockMs += ms;
        this.#isClockAhead = true;
      },
      // What waits for a window to close is there with the record that closes it.
      emitIntervalMs: 0,
      cache: cacheMaxBytes > 0 ? new RecordCache(cacheMaxBytes) : undefined,
      onError,
      trace: this.#trace,
      onDropped: (_node: string, reason: DropReason) => this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1),
    };
    const globalNodes = groups.filter(isGlobal).flat();
    const nodes = groups.filter((names) => !isGlobal(names)).flat();
    this.#state =
      stateDir === undefined ? undefined : DriverState.open(stateDir, applicationId, this.#topology.stores.size, globalNodes.length > 0);
    try {
      this.#global = new GlobalTask({ ...shared, nodes: globalNodes, state: this.#state?.global, committed: this.#state?.global });
      this.#task = new Task({
        ...shared,
        nodes,
        spans,
        globalStores: this.#global.stores,
        state: this.#state?.task,
        committed: this.#state?.task,
        stepsPerSlice,
      });
      this.#calls = new OpenCalls(this.#task.calls, arrangeBy(callOrder), () => this.#drain());
      this.#seeOffsets();
      this.#drain();
    } catch (error) {
      this.#state?.close();
      throw error;
    }
  }

  /** A topic that the test writes. */
  inputTopic<K, V>(topic: string, serdes: TopicSerdes<K, V>, options: TestInputTopicOptions = {}): TestInputTopic<K, V> {
    return new TestInputTopic(topic, serdes, (key, value, timestamp, headers) => this.#pipe(topic, key, value, timestamp, headers), {
      startMs: this.#wallClockMs,
      ...options,
    });
  }

  /** A topic that the test reads, from its beginning. */
  outputTopic<K, V>(topic: string, serdes: TopicReaders<K, V>): TestOutputTopic<K, V> {
    return new TestOutputTopic(topic, serdes, this.#topics);
  }

  /** Writes a record as bytes to a topic that the topology reads. Throws `STREAMS_UNKNOWN_TOPIC`, and what processing it throws. */
  pipeRaw(topic: string, { key, value, timestamp, headers = noHeaders }: RawInput): void {
    this.#pipe(topic, key, value, timestamp, headers);
  }

  /**
   * Lets the calls of asynchronous steps end, gives their results on and does all that follows, until no call runs any more; with `wait: "ended"` only what ends by itself within turns of the
   * event loop. Calls begin when the record is piped; their time limits and further tries follow the driver's clock, so that what waits for it stays: the answer says how many records
   * are not done. Rejects with what processing throws, with `STREAMS_CALL_PENDING` when calls still run after `limitMs` of real time, with `STREAMS_CLOSED` when the driver is closed meanwhile.
   */
  async settle(options: SettleOptions = {}): Promise<number> {
    this.#checkOpen();
    return await this.#calls.settle(options);
  }

  /**
   * Writes recorded records, of one topic after another or mixed, and processes them in the order in which a task takes what waits for it: global tables first, then of all partitions' first
   * records the one with the smallest timestamp. Each partition's records have to come in the order of their offsets, which they keep; all partitions are one task's here. Takes all of the
   * records before the first is processed, and none if one is refused (`STREAMS_UNKNOWN_TOPIC`, `STREAMS_BAD_ARGUMENT`). Returns how many were processed: with a `stateDir` those that were
   * done with before are passed over.
   */
  replay(records: Iterable<RecordedRecord>): number {
    this.#checkOpen();
    const all: RawRecord[] = [];
    for (const { topic, partition = 0, offset, key, value, timestamp, headers = noHeaders } of records) {
      this.#checkInput(topic, timestamp);
      all.push({ topic, partition, offset, timestamp, key, value, headers });
    }
    checkOffsets(all);
    const fresh = all.filter(({ topic, partition, offset }) => offset >= this.#taskOf(topic).nextOffset(topic, partition));
    this.#isBusy = true;
    try {
      for (const record of fresh) {
        this.#topics.sawOffset(record.topic, record.offset);
        if (this.#topics.get(record.topic).reader === "global") this.#global.process(record);
      }
      for (const record of fresh) if (this.#topics.get(record.topic).reader === "task") this.#task.add(record);
      this.#drain(Math.max(1, fresh.length));
    } finally {
      this.#isBusy = false;
    }
    return fresh.length;
  }

  /** Lets the machine's clock go on, and calls the punctuators that this makes due. Results and failures of asynchronous steps that are there by then are given on. */
  advanceWallClockTime(byMs: number): void {
    this.#checkOpen();
    if (!Number.isSafeInteger(byMs) || byMs < 0) {
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `The clock cannot go on by ${byMs} ms: it goes forward, by whole milliseconds.`);
    }
    this.#isBusy = true;
    try {
      this.#wallClockMs += byMs;
      this.#punctuateWallClock();
      this.#drain();
      this.#calls.giveOn();
    } finally {
      this.#isBusy = false;
    }
  }

  /** What was written to any topic, in the order of writing. Each record is given once, here or by an output topic, and kept until then. */
  takeProduced(): ProducedRecord[] {
    return this.#topics.takeProduced();
  }

  /** Names of the topics that were written so far. */
  producedTopicNames(): Set<string> {
    return this.#topics.names();
  }

  /** A store by its name: global ones, too. */
  store<S extends StateStore>(name: string): S {
    const store = this.#task.stores.get(name) ?? this.#global.stores.get(name);
    if (store !== undefined) return store as S;
    const known = [...this.#task.stores.keys(), ...this.#global.stores.keys()].join(", ") || "none";
    throw new StreamsError("STREAMS_STORE_NOT_CONNECTED", `The topology has no state store ${name}: it has ${known}.`);
  }

  /**
   * What became of each record since the last call, node by node: of those that the test wrote, and of those that the topology wrote to its own topics. Empty unless the driver was asked to
   * `explain`.
   */
  explain(): Explanation[] {
    return this.#trace?.take() ?? [];
  }

  /** How many records came to nothing, by reason. */
  droppedRecords(): ReadonlyMap<DropReason, number> {
    return this.#dropped;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#checkIdle();
    this.#isClosed = true;
    this.#calls.close();
    try {
      this.#task.close();
    } finally {
      try {
        this.#global.close();
      } finally {
        this.#state?.close();
      }
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #pipe(name: string, key: Uint8Array | null, value: Uint8Array | null, timestamp: number, headers: Headers): void {
    this.#checkOpen();
    const topic = this.#checkInput(name, timestamp);
    this.#isBusy = true;
    try {
      this.#write(topic, key, value, timestamp, headers);
      this.#drain();
    } finally {
      this.#isBusy = false;
    }
  }

  /** Gives the next record of a topic to the task that reads it. */
  #write(topic: DriverTopic, key: Uint8Array | null, value: Uint8Array | null, timestamp: number, headers: Headers): void {
    if (topic.reader === "none") return;
    const record: RawRecord = { topic: topic.name, partition: 0, offset: topic.nextOffset++, timestamp, key, value, headers };
    if (topic.reader === "global") this.#global.process(record);
    else this.#task.add(record);
  }

  /** Gives what was written back to the topology where it reads it, and processes until nothing waits; then what was done is written to the disk. */
  #drain(inputs = 1): void {
    this.#process(inputs);
    while (this.#isClockAhead) {
      this.#isClockAhead = false;
      this.#punctuateWallClock();
      this.#process(1);
    }
    this.#commit();
  }

  #process(inputs: number): void {
    this.#fanOut();
    let committedAt = 0;
    for (let count = 0; ; count++) {
      for (let record = this.#topics.nextUnseen(); record !== undefined; record = this.#topics.nextUnseen()) {
        this.#write(this.#topics.get(record.topic), record.key, record.value, record.timestamp ?? this.#wallClockMs, record.headers);
      }
      if (this.#state !== undefined && count - committedAt >= COMMIT_RECORDS && this.#hasProcessedItsOwn()) {
        committedAt = count;
        this.#commit();
      }
      if (!this.#task.processNext()) return;
      this.#fanOut();
      if (count === RECORDS_OF_ONE_INPUT_MAX * inputs) {
        throw new StreamsError(
          "STREAMS_TOPOLOGY",
          `One record led to more than ${RECORDS_OF_ONE_INPUT_MAX} others: the topology writes to a topic that it reads.`,
        );
      }
    }
  }

  #punctuateWallClock(): void {
    this.#task.punctuateWallClock();
    this.#fanOut();
  }

  #fanOut(): void {
    while (this.#task.isFanningOut) this.#task.fanOut();
  }

  #commit(): void {
    if (this.#state === undefined) return;
    this.#global.commit();
    this.#task.commit();
  }

  /** What it wrote to topics that it reads is only here: nothing may be called done before that is. */
  #hasProcessedItsOwn(): boolean {
    for (const { name, nextOffset } of this.#topics.ownTopics()) if (!this.#task.hasPassed(name, 0, nextOffset)) return false;
    return true;
  }

  /** Offsets go on where the state says. */
  #seeOffsets(): void {
    if (this.#state === undefined) return;
    for (const topic of this.#readTopics()) {
      const next = this.#taskOf(topic).nextOffset(topic, 0);
      if (next > 0) this.#topics.sawOffset(topic, next - 1);
    }
  }

  #taskOf(topic: string): Pick<Task, "nextOffset"> {
    return this.#topics.get(topic).reader === "global" ? this.#global : this.#task;
  }

  /** Stores may write to their changelogs before the tasks stand. */
  #readerOf(topic: string): TopicReader {
    if (this.#task === undefined) return "unknown";
    return this.#task.reads(topic) ? "task" : this.#global.reads(topic) ? "global" : "none";
  }

  #checkInput(name: string, timestamp: number): DriverTopic {
    if (!Number.isSafeInteger(timestamp)) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `A record for ${name} has timestamp ${told(timestamp)}: it has to be a whole number of milliseconds up to 2^53 - 1.`,
        { place: { topic: name } },
      );
    }
    const topic = this.#topics.get(name);
    if (topic.reader !== "none") return topic;
    throw new StreamsError(
      "STREAMS_UNKNOWN_TOPIC",
      `The topology does not read topic ${name}: it reads ${this.#readTopics().join(", ") || "none"}.`,
      { place: { topic: name } },
    );
  }

  #readTopics(): string[] {
    const topics = [...this.#topology.parts.values()].flatMap((part) => (part.kind === "source" ? part.topics : []));
    return topics.map((topic) => (this.#topology.repartitionTopics.has(topic) ? repartitionTopicName(this.#applicationId, topic) : topic));
  }

  /** What user code does in the middle of a record would be processed before the rest of that record, in an order that no cluster has. */
  #checkIdle(): void {
    if (!this.#isBusy) return;
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      "The driver was called while it is processing: let the topology forward or write records, and call the driver when the call before has returned.",
    );
  }

  #checkOpen(): void {
    this.#checkIdle();
    if (this.#isClosed) throw new StreamsError("STREAMS_CLOSED", "The driver is closed: make another one.");
    if (this.#state === undefined || !(this.#task.isHalfDone || this.#global.isHalfDone)) return;
    throw new StreamsError(
      "STREAMS_CLOSED",
      "The driver stopped at a record that failed, half of which is not to be kept: close it; another one goes on from the state before that record.",
    );
  }
}

/** Recorded records of a partition have offsets that grow. */
function checkOffsets(records: readonly RawRecord[]): void {
  const last = new Map<string, number>();
  for (const { topic, partition, offset } of records) {
    const of = `${topic}-${partition}`;
    const before = last.get(of) ?? -1;
    if (!Number.isSafeInteger(partition) || partition < 0 || !Number.isSafeInteger(offset) || offset <= before) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `A recorded record of ${of} has offset ${offset}: partitions and offsets are whole numbers of at least 0, and those of a partition come in their order (the last was ${before}).`,
        { place: { topic, partition, offset } },
      );
    }
    last.set(of, offset);
  }
}
