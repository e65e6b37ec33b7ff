import { ErrorCode, KafkaError } from "@ottla/protocol";
import { ClientError } from "../../client-error.ts";
import type { CallLimit } from "../../cluster/call-limit.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Lane } from "../../cluster/lane.ts";
import { Lifetime } from "../../lifetime.ts";
import { backoffMs } from "../../net/backoff.ts";
import type { VersionBounds } from "../../net/broker-versions.ts";
import type { CallOptions } from "../../options/call-options.ts";
import type { ProducerIdentity } from "../partition-sequences.ts";
import type { ProducerSession } from "../producer-session.ts";
import { askCoordinator, factsOf, type TransactionalIdentity } from "./transaction-calls.ts";
import { MarkerPause } from "./marker-pause.ts";
import { CONCURRENT_PAUSE_MS, isConcurrent, TransactionErrors } from "./transaction-errors.ts";
import { type ConversationStep, TransactionMachine } from "./transaction-machine.ts";
import type { OffsetsToSend, TransactionAnswer, TransactionRequest } from "./transaction-request.ts";

/** Produce versions from which brokers add partitions by themselves. */
const IMPLICIT_ADD_VERSION = 12;

/** What a transaction needs of its producer. */
export interface TransactionHost {
  /** Batches may go now that could not before. */
  wake(): void;
  /** Resolves when all that was handed in is decided; until then nothing lingers. */
  decided(): Promise<void>;
  /** What was never sent is given up. */
  dropUnsent(error: Error): void;
  /** The producer cannot go on. */
  fatal(error: ClientError): void;
}

export interface TransactionOptions extends TransactionalIdentity {
  readonly maxBlockMs: number;
}

/**
 * The transactions of one producer: leads the conversation that its {@link TransactionMachine} asks for, with one request on the way at a time, and lets calls
 * wait for what they want. The conversation goes on when a call has stopped waiting.
 */
export class TransactionalSession implements ProducerSession {
  readonly transactionalId: string;
  readonly isTransactional = true;
  readonly #cluster: Cluster;
  readonly #options: TransactionOptions;
  readonly #host: TransactionHost;
  readonly #lifetime: Lifetime;
  readonly #lane: Lane;
  readonly #machine: TransactionMachine;
  readonly #errors: TransactionErrors;
  readonly #watchers = new Set<() => void>();
  /** Of the transaction: what waits in it ends with it. */
  #life = new Lifetime();
  #isTalking = false;
  #flushes = 0;
  readonly #pause = new MarkerPause();
  #notBeforeMs = 0;
  /** No batch of the transaction was answered yet. */
  #isFirstOut = false;
  #lastTrouble: Error | undefined;

  /** `lifetime`: of the producer. */
  constructor(cluster: Cluster, options: TransactionOptions, lifetime: Lifetime, host: TransactionHost) {
    this.#cluster = cluster;
    this.#options = options;
    this.transactionalId = options.transactionalId;
    this.#lifetime = lifetime;
    this.#host = host;
    this.#lane = cluster.openLane();
    this.#errors = new TransactionErrors(options.transactionalId, options.transactionTimeoutMs);
    this.#machine = new TransactionMachine(this.#errors);
    lifetime.onEnd((cause) => this.#lane.close(cause));
  }

  get current(): ProducerIdentity | undefined {
    return this.#machine.identity;
  }

  get produceVersions(): VersionBounds {
    return this.#machine.hasEpochPerTransaction ? { min: IMPLICIT_ADD_VERSION } : { max: IMPLICIT_ADD_VERSION - 1 };
  }

  /** Ends when the transaction fails, is aborted, or the producer ends. */
  get life(): Lifetime {
    return this.#life;
  }

  /** A transaction is open or waits for its abort, or there can be no other. */
  get isToBeAborted(): boolean {
    const { phase } = this.#machine;
    return phase === "inTransaction" || phase === "abortableError" || phase === "fatalError";
  }

  admits(topic: string, partition: number): boolean {
    return this.#machine.admits(topic, partition);
  }

  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  noteAnswered(tookMs: number): void {
    if (!this.#isFirstOut) return;
    this.#isFirstOut = false;
    if (this.#machine.hasEpochPerTransaction) this.#pause.firstBatchTook(tookMs);
  }

  obtain(): Promise<void> {
    return this.init();
  }

  /** Only the end of a transaction brings another epoch. */
  bump(): undefined {
    return undefined;
  }

  /** Throws unless a record may be handed in now. */
  checkOpen(): void {
    this.#machine.checkOpen("call begin() before you send, or use transaction()");
  }

  batchBegun(topic: string, partition: number): void {
    this.#machine.use(topic, partition);
    if (this.#machine.mayGrow) this.#talk();
    else this.#drop();
  }

  /** See {@link TransactionMachine.recordFailed}. */
  recordFailed(error: Error, wasSent: boolean): Error {
    const before = this.#machine.phase;
    const told = this.#machine.recordFailed(error, wasSent);
    if (this.#machine.phase !== before) this.#changed();
    return told;
  }

  async init(options?: CallOptions): Promise<void> {
    await this.#ready("initTransactions", this.#limit(options));
  }

  async begin(options?: CallOptions): Promise<void> {
    const { phase, isCommitUnheard } = this.#machine;
    const mayWait = phase === "uninitialised" || phase === "initialising" || phase === "aborting";
    if (mayWait && !isCommitUnheard) await this.#ready("begin", this.#limit(options));
    this.#machine.begin();
    this.#isFirstOut = true;
    this.#life = new Lifetime();
  }

  async sendOffsets(toSend: OffsetsToSend, options?: CallOptions): Promise<void> {
    const limit = this.#limit(options);
    limit.throwIfEnded();
    this.#machine.checkOpen("call begin() before you send offsets, or use transaction()");
    if (toSend.offsets.length === 0) return;
    const id = this.#machine.addOffsets(toSend);
    const life = this.#life;
    this.#talk();
    await this.#when("sendOffsets", limit, () => life.cause !== undefined || this.#machine.isSent(id));
    life.throwIfOver();
  }

  async commit(options?: CallOptions): Promise<void> {
    const limit = this.#limit(options);
    limit.throwIfEnded();
    const { phase, isCommitUnheard } = this.#machine;
    if (!isCommitUnheard) {
      this.#machine.commit();
      void this.#flush();
    } else if (phase !== "committing") return this.#committed();
    await this.#when("commit", limit, () => this.#machine.phase !== "committing");
    this.#committed();
  }

  async abort(options?: CallOptions): Promise<void> {
    const limit = this.#limit(options);
    limit.throwIfEnded();
    if (this.#machine.phase !== "aborting") this.#abort();
    await this.#when("abort", limit, () => this.#machine.phase !== "aborting");
    this.#throwIfFatal();
  }

  /** Before the producer is closed: aborts what is open and waits for what is being ended. */
  async finish(): Promise<void> {
    const { phase } = this.#machine;
    if (phase === "inTransaction" || phase === "abortableError") this.#abort();
    const limit = this.#limit({ timeoutMs: Infinity });
    await this.#when("close", limit, () => this.#machine.phase !== "aborting" && this.#machine.phase !== "committing").catch(() => {});
  }

  async #ready(call: string, limit: CallLimit): Promise<void> {
    limit.throwIfEnded();
    this.#machine.initialise();
    this.#talk();
    const isWaiting = () =>
      this.#machine.phase === "initialising" || this.#machine.phase === "aborting" || this.#machine.phase === "uninitialised";
    await this.#when(call, limit, () => !isWaiting() || (this.#machine.phase === "uninitialised" && this.#machine.error !== undefined));
    this.#throwIfFatal();
    if (this.#machine.phase === "uninitialised") throw this.#machine.error!;
  }

  #abort(): void {
    this.#machine.abort();
    this.#changed();
    void this.#flush();
  }

  #committed(): void {
    this.#machine.commitHeard();
    this.#throwIfFatal();
    if (this.#machine.phase === "abortableError") throw this.#errors.failed(this.#machine.error!);
  }

  /** Waits for all that was handed in. An abort in between begins anew, since it decides more. */
  async #flush(): Promise<void> {
    const turn = ++this.#flushes;
    await this.#host.decided();
    if (turn !== this.#flushes) return;
    this.#machine.flushed();
    this.#talk();
  }

  #talk(): void {
    if (this.#isTalking) return;
    this.#isTalking = true;
    // What one turn of the application asks for goes into one request.
    queueMicrotask(() => void this.#converse());
  }

  async #converse(): Promise<void> {
    const limit = this.#cluster.limit({ timeoutMs: Infinity }, this.#lifetime);
    for (let failures = 0; limit.ended === undefined; ) {
      const request = this.#machine.next();
      this.#changed();
      if (request === undefined) {
        // Who was told may have brought something new about.
        if (this.#machine.next() === undefined) break;
        continue;
      }
      const step = await this.#exchange(request, limit);
      if (step === "next") failures = 0;
      else await limit.sleep(this.#pauseMs(++failures));
    }
    this.#isTalking = false;
  }

  async #exchange(request: TransactionRequest, limit: CallLimit): Promise<ConversationStep> {
    const [kind, key] =
      request.kind === "TxnOffsetCommit" ? (["group", request.toSend.groupId] as const) : (["transaction", this.transactionalId] as const);
    let step: ConversationStep;
    try {
      const connection = await this.#cluster.coordinators.connect(this.#lane, kind, key);
      if (limit.ended) throw limit.ended;
      if (kind === "transaction") this.#machine.noteCoordinator(factsOf(connection));
      const answer = await askCoordinator(connection, this.#options, request);
      this.#lastTrouble = troubleIn(answer);
      step = this.#machine.answered(request, answer);
      if (request.kind === "EndTxn" && step === "next") this.#notBeforeMs = this.#cluster.deps.clock.monotonicMs() + this.#pause.ms;
    } catch (error) {
      this.#lastTrouble = error as Error;
      step = this.#machine.unanswered(request, error as Error);
    }
    if (step === "lookUp") this.#cluster.coordinators.forget(kind, key);
    return step;
  }

  #pauseMs(failures: number): number {
    const { retryBackoffMs, retryBackoffMaxMs } = this.#cluster.options;
    const firstMs = isConcurrent(this.#lastTrouble) ? Math.min(CONCURRENT_PAUSE_MS, retryBackoffMs) : retryBackoffMs;
    return backoffMs(failures, firstMs, retryBackoffMaxMs, this.#cluster.deps.random);
  }

  /** Tells everybody who may care what has become of the machine. */
  #changed(): void {
    const { phase, error } = this.#machine;
    if (phase === "fatalError") this.#host.fatal(error as ClientError);
    else if (phase === "abortableError" || phase === "aborting") this.#drop();
    for (const look of [...this.#watchers]) look();
    this.#host.wake();
  }

  #drop(): void {
    const { error } = this.#machine;
    if (this.#life.cause === undefined) this.#life.end(error === undefined ? this.#errors.aborted() : this.#errors.failed(error));
    const cause = this.#life.cause!;
    // Not while a batch is being failed: that is where the news may come from.
    queueMicrotask(() => this.#host.dropUnsent(cause));
  }

  /** Resolves when `holds`. Rejects with `ClientError` CALL_TIMEOUT, ABORTED and what ends the producer. */
  async #when(call: string, limit: CallLimit, holds: () => boolean): Promise<void> {
    if (holds()) return;
    let look = (): void => {};
    const held = new Promise<void>((resolve) => {
      look = () => {
        if (holds()) resolve();
      };
    });
    this.#watchers.add(look);
    try {
      await limit.bound(call, () => held);
    } catch (error) {
      throw this.#timedOut(call, limit, error);
    } finally {
      this.#watchers.delete(look);
    }
  }

  #timedOut(call: string, limit: CallLimit, error: unknown): unknown {
    if (!(error instanceof ClientError) || error.code !== "CALL_TIMEOUT") return error;
    const reason = this.#lastTrouble === undefined ? "" : `; the last trouble: ${this.#lastTrouble.message}`;
    const advice = ADVICE[call] ?? "calling it again goes on";
    const message = `${call}() of "${this.transactionalId}" was not done within ${limit.timeoutMs} ms${reason}; ${advice}.`;
    return new ClientError("CALL_TIMEOUT", message, {
      cause: this.#lastTrouble,
      possiblyWritten: call === "commit" || call === "sendOffsets",
    });
  }

  #throwIfFatal(): void {
    if (this.#machine.phase === "fatalError") throw this.#machine.error!;
  }

  #limit(options: CallOptions = {}): CallLimit {
    return this.#cluster.limit({ timeoutMs: options.timeoutMs ?? this.#options.maxBlockMs, signal: options.signal }, this.#lifetime);
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  commit: "it goes on by itself and may be carried out: call commit() again to learn its outcome",
  sendOffsets: "a commit will still wait for it: abort the transaction if you do not want that",
};

function troubleIn({ errorCode, partitions = [] }: TransactionAnswer): Error | undefined {
  const code =
    errorCode !== ErrorCode.NONE ? errorCode : (partitions.find((each) => each.errorCode !== ErrorCode.NONE)?.errorCode ?? ErrorCode.NONE);
  return code === ErrorCode.NONE ? undefined : new KafkaError(code);
}
