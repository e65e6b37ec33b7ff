import { ClientError } from "../client-error.ts";
import { CloseTime } from "../close-time.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { Lifetime } from "../lifetime.ts";
import {
  checkCallOptions,
  checkFunction,
  checkOptional,
  checkOptions,
  checkSignalOnly,
  checkTimeout,
  invalid,
} from "../options/argument-checks.ts";
import type { CallOptions } from "../options/call-options.ts";
import { Accumulator } from "./accumulator.ts";
import { BufferMemory } from "./buffer-memory.ts";
import { CallbackDelivery, CountingDelivery, type Delivery, ListenerDelivery, PromiseDelivery } from "./delivery.ts";
import { Interceptors } from "./interceptors.ts";
import { Preparations, type Preparer, preparing } from "./preparations.ts";
import { IdempotentSession } from "./producer-session.ts";
import type { Producer, ProducerOptions, ProducerStats } from "./producer-types.ts";
import { RecordDraft } from "./record-draft.ts";
import type { BatchReport, DeliveryCallback, DeliveryListener, ProducerRecord, RecordMetadata, SendOptions } from "./record-types.ts";
import { type ResolvedProducerOptions, resolveProducerOptions } from "./resolve-producer-options.ts";
import { Sender } from "./sender.ts";
import { readOffsetsToSend } from "./transactions/offsets-to-send.ts";
import { runTransaction } from "./transactions/run-transaction.ts";
import type { ConsumedBy, ConsumedOffsets, Transaction } from "./transactions/transaction-api.ts";
import { TransactionalSession } from "./transactions/transactional-session.ts";
import { WaitingRecords } from "./waiting-records.ts";

/** See {@link Producer}. Takes each record at once when it can; what has to wait for its topic or for memory gets into the line of its topic. */
export class KafkaProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #options: ResolvedProducerOptions;
  readonly #lane: Lane;
  readonly #sender: Sender;
  readonly #memory: BufferMemory;
  readonly #accumulator: Accumulator;
  readonly #waiting: WaitingRecords;
  readonly #transactions: TransactionalSession | undefined;
  readonly #interceptors: Interceptors | undefined;
  readonly #draft = new RecordDraft();
  readonly #preparations = new Preparations({
    transaction: () => this.#transactions?.life,
    refuse: (error, onDelivery) => this.#refuse(error, onDelivery),
  });
  /** Ends with the close, with the client or with an error that cannot be got over. */
  readonly #lifetime = new Lifetime();
  readonly #closeTime: CloseTime;
  readonly #onClose: () => void;
  #closing: Promise<void> | undefined;
  /** Of the listener that was given last: most have one for many records. */
  #listener: ListenerDelivery | undefined;
  readonly #listeners = new WeakMap<DeliveryListener, ListenerDelivery>();

  constructor(cluster: Cluster, options: ProducerOptions = {}, onClose: () => void = () => {}) {
    this.#cluster = cluster;
    this.#options = resolveProducerOptions(options, cluster.options);
    this.#lane = cluster.openLane();
    this.#onClose = onClose;
    this.#closeTime = new CloseTime(cluster.deps.clock);
    const { interceptors } = this.#options;
    this.#interceptors = interceptors.length > 0 ? new Interceptors(interceptors, cluster.deps.logger) : undefined;
    this.#transactions = this.#openTransactions();
    const session = this.#transactions ?? (this.#options.idempotent ? new IdempotentSession(cluster, this.#lane) : undefined);
    this.#memory = new BufferMemory(this.#options.bufferMemoryBytes, () => this.#sender.hurry());
    this.#accumulator = new Accumulator(cluster, this.#options, this.#memory, {
      isTransactional: this.#transactions !== undefined,
      onFatal: (error) => this.#end(new ClientError("PRODUCER_FAILED", `The producer cannot go on: ${error.message}`, { cause: error })),
      onBatch: (topic, partition) => this.#transactions?.batchBegun(topic, partition),
      onFailed: (error, wasSent) => this.#transactions?.recordFailed(error, wasSent) ?? error,
    });
    this.#sender = new Sender(cluster, this.#lane, this.#options, session, this.#accumulator);
    this.#accumulator.sendWith(this.#sender);
    this.#waiting = new WaitingRecords(
      {
        clock: cluster.deps.clock,
        memory: this.#memory,
        nameOf: this.#options.nameOf,
        topic: (name) => cluster.metadata.topic(name),
        awaitTopic: (name, limit) => cluster.metadata.awaitTopic(name, this.#options.allowAutoCreateTopics(name), limit),
        append: (draft, topic, delivery, waiter) => this.#accumulator.append(draft, topic, delivery, waiter),
        refuse: (error, delivery) => this.#accumulator.giveUp(error, delivery),
      },
      this.#options.waitingBytesMax,
    );
    const leaveClient = cluster.lifetime.onEnd((cause) => {
      this.#end(cause);
      void this.close({ timeoutMs: 0 });
    });
    this.#lifetime.onEnd(leaveClient);
  }

  send(record: ProducerRecord, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata[]>;
  send(input: ProducerRecord | readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata | RecordMetadata[]> {
    // One record is the case of each request of a server: a promise for it, and no second one around that.
    if (options === undefined && !Array.isArray(input)) return this.#sendOne(input as ProducerRecord, "send", -1);
    return this.#sendWithin(input, options);
  }

  async sendBatch(records: readonly ProducerRecord[], options?: SendOptions): Promise<BatchReport> {
    if (!Array.isArray(records)) throw invalid("sendBatch: records", records, "a list of records");
    const signal = readSignal("sendBatch", options);
    return this.#bounded("sendBatch", signal, () => this.#sendCounted(records as readonly ProducerRecord[], this.#blockLimit(signal)));
  }

  enqueue(record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined {
    checkOptional("enqueue: onDelivery", onDelivery, checkFunction);
    const sent = this.#interceptors?.onSend(record) ?? record;
    const nowMs = this.#timeOf(sent);
    const delivery = onDelivery && new CallbackDelivery(onDelivery, nowMs);
    return this.#take(sent, nowMs, delivery, "enqueue", -1, undefined) ? undefined : this.#waiting.taken(sent.topic);
  }

  enqueueFor(listener: DeliveryListener, record: ProducerRecord): Promise<void> | undefined {
    if (this.#listener?.listener !== listener) this.#listener = this.#listenerDelivery(listener);
    const sent = this.#interceptors?.onSend(record) ?? record;
    return this.#take(sent, this.#timeOf(sent), this.#listener, "enqueueFor", -1, undefined) ? undefined : this.#waiting.taken(sent.topic);
  }

  /** A listener has the same one always: a batch whose records have one alone is told of as a whole. */
  #listenerDelivery(listener: DeliveryListener): ListenerDelivery {
    const known = this.#listeners.get(listener);
    if (known !== undefined) return known;
    checkListener("enqueueFor: listener", listener);
    const delivery = new ListenerDelivery(listener);
    this.#listeners.set(listener, delivery);
    return delivery;
  }

  tooLarge(record: ProducerRecord): ClientError | undefined {
    const draft = new RecordDraft();
    draft.read(record, 0, "tooLarge", -1);
    return this.#accumulator.tooLarge(draft);
  }

  /** When it is sent, where the record does not say. */
  #timeOf(record: ProducerRecord | undefined): number {
    return record?.timestamp ?? this.#cluster.deps.clock.nowMs();
  }

  get [preparing](): Preparer {
    return this.#preparations;
  }

  async flush(options?: SendOptions): Promise<void> {
    const signal = readSignal("flush", options);
    await this.#bounded("flush", signal, () => this.#flush());
  }

  async transaction<Result>(run: (transaction: Transaction) => Promise<Result> | Result, options?: CallOptions): Promise<Result> {
    checkFunction("transaction: run", run);
    const transactions = this.#transactional("transaction", options);
    return runTransaction({ producer: this, isToBeAborted: () => transactions.isToBeAborted }, run, options);
  }

  async initTransactions(options?: CallOptions): Promise<void> {
    await this.#transactional("initTransactions", options).init(options);
  }

  async begin(options?: CallOptions): Promise<void> {
    await this.#transactional("begin", options).begin(options);
    // What nobody was told of failed a transaction before this one.
    this.#accumulator.unheardError = undefined;
  }

  async sendOffsets(offsets: ConsumedOffsets, group: ConsumedBy | undefined, options?: CallOptions): Promise<void> {
    const transactions = this.#transactional("sendOffsets", options);
    await transactions.sendOffsets(readOffsetsToSend(offsets, group), options);
  }

  async commit(options?: CallOptions): Promise<void> {
    const transactions = this.#transactional("commit", options);
    await transactions.commit(this.#preparations.isBusy ? await this.#prepared(transactions, options) : options);
  }

  async abort(options?: CallOptions): Promise<void> {
    await this.#transactional("abort", options).abort(options);
  }

  stats(): ProducerStats {
    return {
      recordsAcknowledged: this.#accumulator.acknowledgedCount,
      recordsFailed: this.#accumulator.failedCount,
      ...this.#sender.counters,
      bufferedBytes: this.#memory.usedBytes,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async close(options?: { readonly timeoutMs?: number }): Promise<void> {
    checkOptions("close", options, { timeoutMs: checkTimeout });
    const timeoutMs = options?.timeoutMs ?? this.#options.deliveryTimeoutMs;
    if (this.#closing === undefined) this.#closing = this.#shutDown(timeoutMs);
    else if (options?.timeoutMs !== undefined) this.#closeTime.within(timeoutMs);
    await this.#closing;
  }

  /** Waits for the records that are being made ready; says what time is left. */
  async #prepared(
    transactions: TransactionalSession,
    { timeoutMs = this.#options.maxBlockMs, signal }: CallOptions = {},
  ): Promise<CallOptions> {
    const limit = this.#cluster.limit({ timeoutMs, signal }, this.#lifetime, transactions.life);
    await limit.bound("commit: making its records ready", () => this.#preparations.over());
    return { timeoutMs: Math.max(0, limit.deadlineMs - this.#cluster.deps.clock.monotonicMs()), signal };
  }

  #refuse(error: Error, onDelivery: DeliveryCallback | undefined): void {
    const delivery = onDelivery && new CallbackDelivery(onDelivery, this.#cluster.deps.clock.nowMs());
    try {
      this.#checkUsable();
      this.#transactions?.checkOpen();
    } catch (unusable) {
      this.#accumulator.refuse(unusable as Error, delivery);
      return;
    }
    this.#accumulator.giveUp(error, delivery);
  }

  async #sendWithin(
    input: ProducerRecord | readonly ProducerRecord[],
    options: SendOptions | undefined,
  ): Promise<RecordMetadata | RecordMetadata[]> {
    const signal = readSignal("send", options);
    return this.#bounded<RecordMetadata | RecordMetadata[]>("send", signal, () =>
      Array.isArray(input)
        ? this.#sendAll(input as readonly ProducerRecord[], this.#blockLimit(signal))
        : this.#sendOne(input as ProducerRecord, "send", -1, signal && this.#blockLimit(signal)),
    );
  }

  #sendOne(record: ProducerRecord, call: string, index: number, limit?: CallLimit): Promise<RecordMetadata> {
    return new Promise((resolve, reject) => {
      const nowMs = this.#cluster.deps.clock.nowMs();
      const sent = this.#interceptors?.onSend(record) ?? record;
      this.#take(sent, nowMs, new PromiseDelivery(resolve, reject, timestampOf(sent, nowMs)), call, index, limit);
    });
  }

  async #sendAll(records: readonly ProducerRecord[], limit: CallLimit): Promise<RecordMetadata[]> {
    const outcomes = await Promise.allSettled(Array.from(records, (record, i) => this.#sendOne(record, "send", i, limit)));
    return outcomes.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  #sendCounted(records: readonly ProducerRecord[], limit: CallLimit): Promise<BatchReport> {
    return new Promise((resolve) => {
      const delivery = new CountingDelivery(records.length, resolve);
      const nowMs = this.#cluster.deps.clock.nowMs();
      for (let i = 0; i < records.length; i++) {
        const sent = this.#interceptors?.onSend(records[i]!) ?? records[i]!;
        this.#take(sent, nowMs, delivery, "sendBatch", i, limit);
      }
    });
  }

  /** Takes a record at once when it can, else into the line of its topic; false in the second case. What is wrong with it is told to its delivery alone. */
  #take(
    record: ProducerRecord,
    nowMs: number,
    inner: Delivery | undefined,
    call: string,
    index: number,
    limit: CallLimit | undefined,
  ): boolean {
    const delivery = this.#interceptors === undefined ? inner : this.#interceptors.watch(record, timestampOf(record, nowMs), inner);
    // A partitioner may send by itself, and must not find its own record half taken.
    const draft = this.#options.partitioner ? this.#draft.copy() : this.#draft;
    try {
      this.#checkUsable();
      this.#transactions?.checkOpen();
    } catch (error) {
      this.#accumulator.refuse(error as Error, delivery);
      return true;
    }
    try {
      draft.read(record, nowMs, call, index);
      const { topic: name } = draft;
      if (!this.#waiting.has(name)) {
        const topic = this.#cluster.metadata.topic(name);
        if (topic !== undefined && topic.partitions.length > 0 && this.#accumulator.append(draft, topic, delivery, undefined)) return true;
      }
      // A list is one call: what of it has to wait is in the caller's own list anyway.
      if (index <= 0) this.#waiting.checkRoom(name);
    } catch (error) {
      this.#accumulator.giveUp(error as Error, delivery);
      return true;
    }
    this.#waiting.add(index < 0 ? draft.kept() : draft.copy(), limit ?? this.#blockLimit(undefined), delivery);
    return false;
  }

  /** What bounds a record's wait for metadata and memory. */
  #blockLimit(signal: AbortSignal | undefined): CallLimit {
    return this.#cluster.limit({ timeoutMs: this.#options.maxBlockMs, signal }, this.#lifetime, this.#transactions?.life);
  }

  /** Ends the wait of a call that has a signal. */
  #bounded<T>(call: string, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
    return signal === undefined ? run() : this.#cluster.limit({ timeoutMs: Infinity, signal }).bound(call, run);
  }

  #openTransactions(): TransactionalSession | undefined {
    const { transactionalId, transactionTimeoutMs, maxBlockMs } = this.#options;
    if (transactionalId === undefined) return undefined;
    return new TransactionalSession(this.#cluster, { transactionalId, transactionTimeoutMs, maxBlockMs }, this.#lifetime, {
      wake: () => this.#sender.wake(),
      decided: () => this.#allDecided(),
      dropUnsent: (error) => this.#accumulator.failUnsent(error),
      fatal: (error) => this.#end(error),
    });
  }

  /** Checks what every call about transactions has in common. */
  #transactional(call: string, options: CallOptions | undefined): TransactionalSession {
    checkCallOptions(call, options);
    this.#checkUsable();
    if (this.#transactions !== undefined) return this.#transactions;
    const name = this.#options.nameOf("transactionalId");
    throw new ClientError("TRANSACTION_STATE", `${call}: this producer has no ${name}, so it can begin no transaction; give it one.`);
  }

  async #allDecided(): Promise<void> {
    const release = this.#sender.hurry();
    try {
      await this.#waiting.allTaken();
      await this.#accumulator.decided();
    } finally {
      release();
    }
  }

  async #flush(): Promise<void> {
    if (this.#preparations.isBusy) await this.#preparations.over();
    await this.#allDecided();
    const error = this.#accumulator.unheardError;
    this.#accumulator.unheardError = undefined;
    if (error) throw error;
  }

  #checkUsable(): void {
    const { cause } = this.#lifetime;
    if (cause !== undefined && cause.code !== "CLIENT_CLOSED") throw cause;
    if ((this.#closing && !this.#preparations.isHandingOn) || cause) throw new ClientError("CLIENT_CLOSED", "The producer was closed.");
  }

  /** Nothing is sent any more, and whoever waits hears why. */
  #end(cause: ClientError): void {
    this.#lifetime.end(cause);
    this.#accumulator.failAll(cause);
    this.#closeTime.end();
  }

  async #shutDown(timeoutMs: number): Promise<void> {
    const release = this.#sender.hurry();
    this.#closeTime.within(timeoutMs);
    const done = this.#transactions?.finish() ?? this.#flush().catch(() => {});
    await Promise.race([this.#closeTime.over, done]);
    this.#closeTime.release();
    release();
    this.#end(new ClientError("CLIENT_CLOSED", "The producer was closed before the record was acknowledged."));
    this.#accumulator.close();
    this.#sender.close();
    this.#lane.close(this.#cluster.lifetime.cause);
    this.#onClose();
  }
}

function timestampOf(record: ProducerRecord | undefined, nowMs: number): number {
  return record?.timestamp ?? nowMs;
}

function readSignal(call: string, options: SendOptions | undefined): AbortSignal | undefined {
  checkSignalOnly(call, options);
  return options?.signal;
}

function checkListener(subject: string, value: unknown): void {
  const { onAcknowledged, onFailed } = (value ?? {}) as Partial<DeliveryListener>;
  if (typeof onAcknowledged !== "function" || typeof onFailed !== "function")
    throw invalid(subject, value, "an object with onAcknowledged and onFailed");
}
