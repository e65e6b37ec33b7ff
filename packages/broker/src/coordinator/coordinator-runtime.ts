import { type Timer, TimeSlice } from "@ottla/base";
import type { VerificationOutcome } from "@ottla/log";
import { ErrorCode } from "@ottla/protocol";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import type { CoordinatorShard, ShardDeps } from "./coordinator-shard.ts";
import type { CoordinatorRequest, CoordinatorTypes, Decision, RequestToken } from "./coordinator-spec.ts";
import { loadShard } from "./load-shard.ts";
import { partitionForKey } from "./partition-for-key.ts";

/** Partitions read at once when the coordinator starts. */
const LOADS_AT_ONCE = 4;
/** Tombstones of a sweep are gathered over keys up to this many. */
const SWEEP_BATCH_RECORDS = 500;

/** A partition that cannot be read is tried again after so long, then after twice as long, up to the most, in ms. */
const RETRY_AFTER_MS = 1000;
const RETRY_AFTER_MAX_MS = 60_000;

/** A partition as the node that led it when loading began coordinates it. */
type Slot<Types extends CoordinatorTypes> = { readonly leader: number } & (
  | { readonly kind: "loading" }
  /** Its log could not be read; it is read again when the time comes. */
  | { readonly kind: "failed"; readonly retry: Timer }
  /** Its log is read, its keys are being told. */
  | { readonly kind: "resuming"; readonly shard: CoordinatorShard<Types> }
  | { readonly kind: "active"; readonly shard: CoordinatorShard<Types> }
);

/**
 * What every coordinator is made of, whatever it coordinates: a shard per partition of an internal topic, loaded from that partition's log by the node that leads
 * it and resigned when the leader moves; and on each shard the order "decide, write, apply, answer". What a group or a transaction is, its
 * {@link ShardDeps.spec} says.
 *
 * A request is registered before the state is read for it. It is answered at the latest when its key's timers say so, and ends when its connection, the
 * coordinator's term or the broker does.
 */
export class CoordinatorRuntime<Types extends CoordinatorTypes> {
  readonly #deps: ShardDeps<Types>;
  /** What is to be done when a shard has been loaded, before it takes requests. */
  readonly #prepare: (shard: CoordinatorShard<Types>) => Promise<void>;
  readonly #slots = new Map<number, Slot<Types>>();
  /** How often in a row a partition could not be read. */
  readonly #failures = new Map<number, number>();
  #loading: Promise<void> = Promise.resolve();
  /** Under way while the topic is created, so that nobody is sent to a coordinator that is not ready. */
  #creation: Promise<void> | undefined;
  #lastToken: RequestToken = 0;
  #isStopped = false;

  constructor(deps: Omit<ShardDeps<Types>, "onBroken">, prepare: (shard: CoordinatorShard<Types>) => Promise<void> = async () => {}) {
    this.#deps = { ...deps, onBroken: (partition) => this.#reload(partition) };
    this.#prepare = prepare;
  }

  /** Requests without an answer so far. */
  get waitingCount(): number {
    return this.#sum((shard) => shard.waiting.size);
  }

  get timerCount(): number {
    return this.#sum((shard) => shard.timers.size);
  }

  /** The partition that keeps the key. */
  partitionOf(key: string): number {
    return partitionForKey(key, this.#deps.log.partitionCount());
  }

  /** The node that coordinates the key. Creates the topic at first need; rejects with a `KafkaError` if that fails. */
  async coordinatorOf(key: string): Promise<number> {
    const { log } = this.#deps;
    if (!log.exists()) this.#creation ??= this.#createTopic();
    await this.#creation;
    return log.leaderOf(this.partitionOf(key));
  }

  /** As {@link coordinatorOf}, without waiting; `undefined` while the topic is not there. */
  knownCoordinatorOf(key: string): number | undefined {
    const { log } = this.#deps;
    return log.exists() && !this.#creation ? log.leaderOf(this.partitionOf(key)) : undefined;
  }

  /** The shard that coordinates the key at this node, or the error that a client is to be told. */
  find(key: string, nodeId: number): CoordinatorShard<Types> | number {
    if (this.#isStopped) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const { log } = this.#deps;
    if (!log.exists()) return ErrorCode.NOT_COORDINATOR;
    const partition = this.partitionOf(key);
    if (log.leaderOf(partition) !== nodeId) return ErrorCode.NOT_COORDINATOR;
    const slot = this.#slots.get(partition);
    if (slot?.kind === "active") return slot.shard;
    return slot === undefined || slot.kind === "failed" ? ErrorCode.NOT_COORDINATOR : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  /** The shards that are ready, of one node or of all. */
  *active(nodeId?: number): IterableIterator<CoordinatorShard<Types>> {
    for (const [partition, slot] of this.#slots) {
      if (slot.kind === "active" && (nodeId === undefined || this.#deps.log.leaderOf(partition) === nodeId)) yield slot.shard;
    }
  }

  /** Whether some partition that the node leads is still loading. */
  isLoading(nodeId: number): boolean {
    for (const [partition, { kind }] of this.#slots) {
      if ((kind === "loading" || kind === "resuming") && this.#deps.log.leaderOf(partition) === nodeId) return true;
    }
    return false;
  }

  /** Carries a request out; the answer may be there at once. */
  ask<Answer extends Types["Answer"]>(request: CoordinatorRequest<Types["Input"], Answer>): Answer | Promise<Answer> {
    const { key, nodeId, closed } = request;
    const shard = this.find(key, nodeId);
    if (typeof shard === "number") return request.refused(shard);
    const token = ++this.#lastToken;
    const connection = { closed, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
    const answer = shard.waiting.register(
      token,
      (errorCode) => request.refused(errorCode),
      connection,
      () => this.#carryOn(shard, key, request.input(token), token),
    );
    // A request is answered with an answer of its own kind.
    return answer as Answer | Promise<Answer>;
  }

  /**
   * Ends a producer's transaction in one partition of the topic, whoever leads it. Resolves with NONE once the marker is durable and applied; else with
   * UNKNOWN_TOPIC_OR_PARTITION (there is nothing to end), COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, or what the log answers.
   */
  async endTransaction(partition: number, marker: TransactionMarker): Promise<number> {
    const { log } = this.#deps;
    if (this.#isStopped) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (!log.exists() || partition >= log.partitionCount()) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const slot = this.#slots.get(partition);
    if (slot?.kind === "active") return slot.shard.endTransaction(marker);
    return slot === undefined || slot.kind === "failed" ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  /** Asks, before the transaction coordinator is asked, whether a producer may write records about this key; see `PartitionLog.startVerification`. */
  startVerification(
    key: string,
    producer: { readonly producerId: number; readonly producerEpoch: number; readonly raisesEpoch: boolean },
  ): VerificationOutcome {
    return this.#deps.log.startVerification(this.partitionOf(key), producer);
  }

  /** Lets what is due of a key happen now: who wants it gone when its time is over must not find it alive because the process was busy. */
  catchUp(key: string, nodeId: number): void {
    const shard = this.find(key, nodeId);
    if (typeof shard !== "number") shard.timers.fireDueOf(key);
  }

  /**
   * Gives an input to every key of every shard, or of one, in slices; the records, which must stand alone, are written in batches. What fails is found
   * again at the next sweep. Resolves when it is done or the broker stops.
   */
  async sweep(input: Types["Input"], only?: CoordinatorShard<Types>): Promise<void> {
    for (const shard of only ? [only] : [...this.#shards()]) await this.#sweepShard(shard, input);
  }

  /**
   * Brings the shards in line with the topic as it is now: partitions that are gone or have another leader are resigned, those that are
   * not there yet, or again, are loaded from the log. Resolves when nothing is loading any more.
   */
  reconcile(): Promise<void> {
    if (this.#isStopped) return this.#loading;
    const { log } = this.#deps;
    const partitionCount = log.exists() ? log.partitionCount() : 0;
    for (const [partition, { leader }] of [...this.#slots]) {
      if (partition < partitionCount && log.leaderOf(partition) === leader) continue;
      this.#failures.delete(partition);
      this.#resign(partition);
    }
    const missing: number[] = [];
    for (let partition = 0; partition < partitionCount; partition++) {
      if (this.#slots.has(partition)) continue;
      this.#slots.set(partition, { kind: "loading", leader: log.leaderOf(partition) });
      missing.push(partition);
    }
    if (missing.length > 0) this.#loading = Promise.all([this.#loading, this.#loadAll(missing)]).then(() => {});
    return this.#loading;
  }

  /** Answers everybody who waits, also those that wait for the disk, and takes no more requests. */
  stop(): void {
    this.#isStopped = true;
    for (const partition of [...this.#slots.keys()]) this.#resign(partition);
  }

  /** What is too much for one step goes on after the others' turn. */
  #carryOn(shard: CoordinatorShard<Types>, key: string, input: Types["Input"], token: RequestToken): void {
    const next = shard.run(key, input, token);
    if (next === undefined) return;
    this.#deps.clock.nextTurn(() => {
      if (!shard.isResigned) this.#carryOn(shard, key, next, token);
    });
  }

  /** Drops a partition's state. Its clients are told to look for the coordinator again. */
  #resign(partition: number): void {
    const slot = this.#slots.get(partition);
    this.#slots.delete(partition);
    if (slot?.kind === "failed") slot.retry.cancel();
    if (slot?.kind === "active" || slot?.kind === "resuming") slot.shard.resign();
  }

  /** The log is right where the state is not. Later: whoever found out is in the middle of something. */
  #reload(partition: number): void {
    this.#resign(partition);
    this.#deps.clock.nextTurn(() => void this.reconcile());
  }

  async #createTopic(): Promise<void> {
    try {
      await this.#deps.log.ensureCreated();
      await this.reconcile();
    } finally {
      this.#creation = undefined;
    }
  }

  async #loadAll(partitions: readonly number[]): Promise<void> {
    const next = partitions.values();
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, () => this.#loadEach(next)));
  }

  async #loadEach(partitions: Iterator<number>): Promise<void> {
    for (let next = partitions.next(); !next.done; next = partitions.next()) await this.#load(next.value);
  }

  async #load(partition: number): Promise<void> {
    const slot = this.#slots.get(partition);
    if (!slot) return;
    const { leader } = slot;
    // Resigned, or stopped, while it was read.
    const isWanted = () => this.#slots.get(partition) === slot;
    const shard = await loadShard(partition, this.#deps, isWanted);
    if (!isWanted()) return;
    if (!shard) {
      this.#slots.set(partition, { kind: "failed", leader, retry: this.#retryLater(partition) });
      return;
    }
    this.#failures.delete(partition);
    this.#slots.set(partition, { kind: "resuming", leader, shard });
    await this.#resume(shard);
    if (!shard.isResigned) await this.#prepare(shard);
    if (!shard.isResigned) this.#slots.set(partition, { kind: "active", leader, shard });
  }

  #retryLater(partition: number): Timer {
    const failures = this.#failures.get(partition) ?? 0;
    this.#failures.set(partition, failures + 1);
    return this.#deps.clock.schedule(Math.min(RETRY_AFTER_MAX_MS, RETRY_AFTER_MS * 2 ** failures), () => {
      this.#slots.delete(partition);
      void this.reconcile();
    });
  }

  /** Tells every key that it is back, in slices. */
  async #resume(shard: CoordinatorShard<Types>): Promise<void> {
    const { spec, clock } = this.#deps;
    const slice = new TimeSlice(clock);
    for (const key of spec.keys(shard.state)) {
      shard.run(key, spec.loaded);
      if (slice.isOver) await slice.rest();
      if (shard.isResigned) return;
    }
  }

  async #sweepShard(shard: CoordinatorShard<Types>, input: Types["Input"]): Promise<void> {
    const { spec, clock, logger, log } = this.#deps;
    const slice = new TimeSlice(clock);
    let written = 0;
    let records: Types["Record"][] = [];
    const write = (): boolean => {
      const batch = records;
      records = [];
      written += batch.length;
      const { errorCode, durable } = shard.writePiecemeal(batch);
      // Nobody waits for tombstones; if they are lost, what they removed is found again after the restart.
      durable?.catch((error: unknown) =>
        logger.warn("tombstones did not reach the disk", { topic: log.topic, partition: shard.partition, error }),
      );
      return errorCode === undefined;
    };
    for (const key of spec.keys(shard.state)) {
      for (let next: Types["Input"] | undefined = input; next !== undefined; ) {
        if (shard.isResigned) return;
        const decision: Decision<Types> = spec.decide(shard.state, key, next, clock.nowMs());
        next = decision.next;
        for (const record of decision.records) records.push(record);
        const isOver = slice.isOver;
        // What is decided must be written before anybody else has a turn, or the same key is asked again.
        if ((next !== undefined || records.length >= SWEEP_BATCH_RECORDS || isOver) && !write()) return;
        if (isOver) await slice.rest();
      }
    }
    if (!shard.isResigned) write();
    if (written > 0) logger.info("records removed", { topic: log.topic, partition: shard.partition, tombstones: written });
  }

  *#shards(): IterableIterator<CoordinatorShard<Types>> {
    for (const slot of this.#slots.values()) if (slot.kind === "active" || slot.kind === "resuming") yield slot.shard;
  }

  #sum(count: (shard: CoordinatorShard<Types>) => number): number {
    let sum = 0;
    for (const shard of this.#shards()) sum += count(shard);
    return sum;
  }
}
