import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { CoordinatorRuntime } from "../coordinator/coordinator-runtime.ts";
import { PeriodicSweep } from "../coordinator/periodic-sweep.ts";
import type { CoordinatorShard } from "../coordinator/coordinator-shard.ts";
import type { RequestToken } from "../coordinator/coordinator-spec.ts";
import type { Closed } from "../net/closed.ts";
import { type AddPartitionsInput, verifyPartitions } from "./add-partitions-rules.ts";
import type { EndTransactionInput } from "./end-transaction-rules.ts";
import type { InitProducerInput } from "./init-producer-rules.ts";
import { MarkerDelivery } from "./marker-delivery.ts";
import { answered, type TransactionAnswer } from "./rule-outcome.ts";
import type { Transaction } from "./transaction.ts";
import type { TransactionCoordinatorDeps } from "./transaction-config.ts";
import { type TransactionEffect, type TransactionInput, TransactionSpec, type TransactionTypes } from "./transaction-spec.ts";

/** A request as it names its transactional id, and where it came in. */
interface ToTransaction {
  readonly transactionalId: string;
  /** The virtual broker it came to. */
  readonly nodeId: number;
  readonly closed?: Closed | undefined;
}

/**
 * The transaction coordinator of all virtual brokers. Each partition of `__transaction_state` is coordinated by the broker that leads it; requests that come to
 * another are told NOT_COORDINATOR.
 */
export class TransactionCoordinator {
  readonly #deps: TransactionCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<TransactionTypes>;
  readonly #delivery: MarkerDelivery;
  readonly #expiry: PeriodicSweep;

  constructor(deps: TransactionCoordinatorDeps) {
    this.#deps = deps;
    this.#delivery = new MarkerDelivery(deps);
    const spec = new TransactionSpec(() => {
      const { serverVersion, idExpirationMs, abortRetryMs } = deps.config();
      return { serverVersion, idExpirationMs, abortRetryMs };
    });
    this.#runtime = new CoordinatorRuntime({ ...deps, spec, act: (shard, id, effect) => this.#act(shard, id, effect) });
    this.#expiry = new PeriodicSweep(
      deps.clock,
      () => deps.config().idExpirationCheckIntervalMs,
      () => this.#runtime.sweep({ kind: "expire" }),
    );
  }

  /** Begins to load what the log has; ids are answered COORDINATOR_LOAD_IN_PROGRESS until then. Resolves when all is loaded, and decided transactions are on their way. */
  start(): Promise<void> {
    this.#expiry.start();
    return this.#runtime.reconcile();
  }

  /** Resolves when what its partitions' leaders have to load is loaded. */
  ready(): Promise<void> {
    return this.#runtime.reconcile();
  }

  /** Answers everybody who waits and takes no more requests. */
  stop(): void {
    this.#runtime.stop();
    this.#expiry.stop();
  }

  /** Transactions whose markers are being written. */
  get deliveryCount(): number {
    return this.#delivery.size;
  }

  /** Every transactional id that is loaded; they may change between two steps. */
  *known(): IterableIterator<Transaction> {
    for (const shard of this.#runtime.active()) for (const [, transaction] of shard.state.entries()) yield transaction;
  }

  /** Some partition of `__transaction_state` that the node leads is not loaded yet. */
  isLoading(nodeId: number): boolean {
    return this.#runtime.isLoading(nodeId);
  }

  /** The node that coordinates the id. Creates `__transaction_state` at first need; rejects with a `KafkaError` if that fails. */
  coordinatorOf(transactionalId: string): Promise<number> {
    return this.#runtime.coordinatorOf(transactionalId);
  }

  /** As {@link coordinatorOf}, at once; `undefined` while `__transaction_state` is not there. */
  knownCoordinatorOf(transactionalId: string): number | undefined {
    return this.#runtime.knownCoordinatorOf(transactionalId);
  }

  /** Topics or leaders changed. */
  metadataChanged(): void {
    void this.#runtime.reconcile();
  }

  /** InitProducerId with a transactional id. */
  async initProducer(request: ToTransaction & InitProducerInput): Promise<TransactionAnswer> {
    const { transactionalId, nodeId, timeoutMs } = request;
    if (transactionalId === "") return refused(ErrorCode.INVALID_REQUEST);
    if (timeoutMs <= 0 || timeoutMs > this.#deps.config().maxTimeoutMs) return refused(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
    const shard = this.#runtime.find(transactionalId, nodeId);
    if (typeof shard === "number") return refused(shard);
    if (shard.state.get(transactionalId) === undefined && !this.#hasRoom()) return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    return this.#askWithProducerId(request, (token, freshProducerId) => ({ kind: "init", token, request, freshProducerId }));
  }

  /** AddPartitionsToTxn and AddOffsetsToTxn: an error code for all of the partitions. */
  async addPartitions(request: ToTransaction & AddPartitionsInput): Promise<number> {
    if (request.transactionalId === "") return ErrorCode.INVALID_REQUEST;
    if (!this.#hasRoom()) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    return (await this.#ask(request, (token) => ({ kind: "add", token, request }))).errorCode;
  }

  /** Whether partitions are in the ongoing transaction: an error code for each. */
  verifyPartitions(request: ToTransaction & Omit<AddPartitionsInput, "clientVersion">): readonly number[] {
    const { transactionalId, nodeId, partitions } = request;
    if (transactionalId === "") return partitions.map(() => ErrorCode.INVALID_REQUEST);
    const shard = this.#runtime.find(transactionalId, nodeId);
    if (typeof shard === "number") return partitions.map(() => shard);
    return verifyPartitions(shard.state.get(transactionalId), request);
  }

  /** EndTxn. Resolves when the decision is as safe as the topic is set to make it; the markers follow by themselves. */
  async end(request: ToTransaction & EndTransactionInput): Promise<TransactionAnswer> {
    if (request.transactionalId === "") return refused(ErrorCode.INVALID_REQUEST);
    return this.#askWithProducerId(request, (token, freshProducerId) => ({ kind: "end", token, request, freshProducerId }));
  }

  /** One transactional id as it is now, `undefined` if there is none, or the error a client is to be told. */
  transaction(transactionalId: string, nodeId: number): Transaction | undefined | number {
    if (transactionalId === "") return ErrorCode.INVALID_REQUEST;
    const shard = this.#runtime.find(transactionalId, nodeId);
    return typeof shard === "number" ? shard : shard.state.get(transactionalId);
  }

  /**
   * Shows every transactional id that this node coordinates to `see`, in slices: ids that come or go meanwhile may be seen or not. NONE, or the error a client is to be
   * told.
   */
  async eachTransaction(nodeId: number, see: (transactionalId: string, transaction: Transaction) => void): Promise<number> {
    if (this.#runtime.isLoading(nodeId)) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    const slice = new TimeSlice(this.#deps.clock);
    for (const shard of [...this.#runtime.active(nodeId)]) {
      for (const [transactionalId, transaction] of shard.state.entries()) {
        if (shard.isResigned) break;
        see(transactionalId, transaction);
        if (slice.isOver) await slice.rest();
      }
    }
    return ErrorCode.NONE;
  }

  /** Removes transactional ids that nobody used for long. */
  expire(): Promise<void> {
    return this.#expiry.run();
  }

  #ask(
    { transactionalId, nodeId, closed }: ToTransaction,
    input: (token: RequestToken) => TransactionInput,
  ): TransactionAnswer | Promise<TransactionAnswer> {
    return this.#runtime.ask({ key: transactionalId, nodeId, closed, refused, input });
  }

  /** Few decisions need a new producer id, which may take a write to reserve: it is fetched when one does, and the decision made anew. */
  async #askWithProducerId(
    to: ToTransaction,
    input: (token: RequestToken, freshProducerId: number | undefined) => TransactionInput,
  ): Promise<TransactionAnswer> {
    const answer = await this.#ask(to, (token) => input(token, undefined));
    if (!answer.needsProducerId) return answer;
    let freshProducerId: number;
    try {
      freshProducerId = await this.#deps.nextProducerId();
    } catch (error) {
      this.#deps.logger.error("no producer id could be reserved", { transactionalId: to.transactionalId, error });
      return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }
    return this.#ask(to, (token) => input(token, freshProducerId));
  }

  #act(shard: CoordinatorShard<TransactionTypes>, transactionalId: string, effect: TransactionEffect): void {
    switch (effect) {
      case "write-markers":
        this.#delivery.begin(shard, transactionalId);
        return;
      case "abort-overdue":
        void this.#abortOverdue(shard, transactionalId);
        return;
    }
  }

  async #abortOverdue(shard: CoordinatorShard<TransactionTypes>, transactionalId: string): Promise<void> {
    const startMs = shard.state.get(transactionalId)?.startMs;
    if (startMs === undefined) return;
    const to = { transactionalId, nodeId: this.#runtime.knownCoordinatorOf(transactionalId) ?? -1 };
    const { errorCode } = await this.#askWithProducerId(to, (token, freshProducerId) => ({
      kind: "abort-overdue",
      startMs,
      token,
      freshProducerId,
    }));
    const { logger } = this.#deps;
    if (errorCode === ErrorCode.NONE) logger.info("an overdue transaction was aborted", { transactionalId });
    else logger.warn("an overdue transaction could not be aborted; it is tried again", { transactionalId, errorCode });
  }

  /** Whether the broker's memory has room for more. */
  #hasRoom(): boolean {
    let heldBytes = 0;
    for (const { state } of this.#runtime.active()) heldBytes += state.heldBytes;
    return heldBytes < this.#deps.config().heldBytesMax;
  }
}

function refused(errorCode: number): TransactionAnswer {
  return answered(errorCode).answer;
}
