import { pause } from "@ottla/base";
import type { Consumer, ConsumerRecord, RebalanceListener, TopicPartition } from "@ottla/client";
import { ConnectError, type ConnectPlace } from "../connect-error.ts";
import type { SinkRecord } from "../data/connect-record.ts";
import type { SinkTask as PluginTask } from "../plugin/sink-plugin.ts";
import type { CallWatch } from "./call-watch.ts";
import { inTime } from "./in-time.ts";
import type { RecordErrors } from "./record-errors.ts";
import { failureAt } from "./record-failure.ts";
import { retriableIn } from "./retries.ts";
import { graceMsOf } from "./task-settings.ts";
import type { TaskWorld } from "./task-world.ts";

/** A record and what it was made of, until it is written. */
export interface Taken {
  readonly record: SinkRecord;
  readonly wire: ConsumerRecord;
  /** Under which it was read. */
  readonly claim: Claim | undefined;
}

/** One time that a partition was given to this task, or read on from another place. One that went and came back is another: it is read from what is committed, and what was read before is not to be written in between. */
export type Claim = number;

/** What a delivery works with. */
export interface SinkDeliveryOptions {
  readonly connector: string;
  readonly taskNumber: number;
  readonly task: PluginTask;
  readonly consumer: Consumer;
  readonly errors: RecordErrors;
  /** Places to read from that a sink named before it had the partitions. */
  readonly seeks: Map<string, TopicPartition & { readonly offset: bigint }>;
  readonly signal: AbortSignal;
  readonly world: TaskWorld;
  readonly watch: CallWatch;
}

const RETRY_DELAY_MS = 1_000;
const RETRY_DELAY_MAX_MS = 60_000;
/** The group hears of a member that waits at least so often. */
const ALIVE_MS = 500;
const MAX_POLL_MS = 300_000;
/** A sink that takes longer than this, or than this part of max.poll.interval.ms, is no reason to leave the group. */
const LONG_MS = 5_000;
const LONG_PART = 0.3;

/**
 * Between a sink's consumer and the sink: hands over, tries again while the group hears that the member is alive, commits behind a flush, and tells the sink of partitions that come and go. What was taken of a partition
 * that goes is not written any more: whoever has it next reads it again. However long a sink writes or flushes, the group hears of the member; a partition that is taken away meanwhile goes when the sink has done that.
 */
export class SinkDelivery {
  readonly #options: SinkDeliveryOptions;
  /** Behind what is written; committed behind the next flush. */
  #written = new Map<string, TopicPartition & { readonly offset: number }>();
  readonly #claims = new Map<string, Claim>();
  #lastClaim: Claim = 0;
  #writtenCount = 0;
  #isPaused = false;
  #isWaiting = false;
  /** The sink's write or flush that is under way, with what follows from it. */
  #work: Promise<unknown> = Promise.resolve();
  #isGivenUp = false;
  readonly #givenUp = Promise.withResolvers<void>();

  constructor(options: SinkDeliveryOptions) {
    this.#options = options;
  }

  get written(): number {
    return this.#writtenCount;
  }

  get listener(): RebalanceListener {
    return {
      onAssigned: (partitions) => this.#assigned(partitions),
      onRevoked: (partitions) => this.#revoked(partitions, true),
      onLost: (partitions) => this.#revoked(partitions, false),
    };
  }

  /** Undefined: the partition is not this task's. */
  claimOf({ topic, partition }: TopicPartition): Claim | undefined {
    return this.#claims.get(keyOf(topic, partition));
  }

  /** Whether what was read under a claim is not to be written any more. */
  isRevoked(place: TopicPartition, claim: Claim | undefined): boolean {
    return claim === undefined || this.claimOf(place) !== claim;
  }

  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    const { consumer } = this.#options;
    if (isPaused) consumer.pause(consumer.assignment());
    else consumer.resume(consumer.assignment());
  }

  /** Reads on from there; false: the partition is not here yet. */
  seek(place: TopicPartition, offset: bigint): boolean {
    const key = keyOf(place.topic, place.partition);
    if (!this.#claims.has(key)) return false;
    this.#options.consumer.seek(place, Number(offset));
    // What was read before comes again, or is not wanted: it is neither written nor counts as written, also where the sink says so while it writes it.
    this.#claims.set(key, ++this.#lastClaim);
    this.#written.set(key, { topic: place.topic, partition: place.partition, offset: Number(offset) });
    return true;
  }

  /** Everything before the offset is decided, whether it was written or left out. */
  passed(topic: string, partition: number, offset: number, claim: Claim | undefined): void {
    if (!this.isRevoked({ topic, partition }, claim)) this.#written.set(keyOf(topic, partition), { topic, partition, offset });
  }

  /** What the sink has under way is not waited for any more, and nothing is committed: partitions may go. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#givenUp.resolve();
  }

  /** Resolves when the records are handed over, or may be left out, or the task is to end. */
  async write(batch: readonly Taken[]): Promise<void> {
    const { signal, world } = this.#options;
    let left = batch.filter(({ wire, claim }) => !this.isRevoked(wire, claim));
    for (let attempt = 0; left.length > 0 && !signal.aborted; attempt++) {
      const failure = await this.#tryWrite(left);
      if (failure === undefined) return;
      const { error } = failure;
      const retriable = retriableIn(error);
      if (retriable === undefined) return this.#refused(left, error);
      const delay = retriable.afterMs ?? Math.min(RETRY_DELAY_MAX_MS, RETRY_DELAY_MS * 2 ** attempt);
      world.logger.warn("a sink could not write; the same records are tried again", {
        ...this.#place(),
        attempt: attempt + 1,
        error,
        delayMs: delay,
      });
      await this.waitAlive(delay);
      left = left.filter(({ wire, claim }) => !this.isRevoked(wire, claim));
    }
  }

  /** What the sink's write failed with; undefined: all is handed over. */
  async #tryWrite(batch: readonly Taken[]): Promise<{ readonly error: unknown } | undefined> {
    const { task, signal, watch } = this.#options;
    const bad = new BadRecords(batch);
    let failure: { readonly error: unknown } | undefined;
    await this.#whileAlive(async () => {
      try {
        const records = batch.map(({ record }) => record);
        await watch.during("write", async () => task.write(records, { signal, reportBad: (record, error) => bad.add(record, error) }));
      } catch (error) {
        failure = { error };
      }
      bad.close();
      if (failure === undefined) await this.#handedOver(batch, bad);
    });
    return failure;
  }

  /** Waits, while the group hears of this member; nothing is read meanwhile. */
  waitAlive(delayMs: number): Promise<void> {
    const { world, signal } = this.#options;
    return this.#keepAlive(pause(world.clock, delayMs, signal));
  }

  /** Flushes, then commits what the sink says is durable. */
  async commit(): Promise<void> {
    if (!this.#isGivenUp) await this.#whileAlive(() => this.#commit());
  }

  async #commit(): Promise<void> {
    const { task, consumer, world, watch } = this.#options;
    const written = this.#written;
    this.#written = new Map();
    const claims = new Map(this.#claims);
    const isOld = ({ topic, partition }: TopicPartition): boolean =>
      this.isRevoked({ topic, partition }, claims.get(keyOf(topic, partition)));
    const putBack = (): void => {
      // A partition does not go before this is done, and one that is read on from elsewhere has another place by now.
      for (const [key, place] of written) if (!this.#written.has(key)) this.#written.set(key, place);
    };
    let flushed: Awaited<ReturnType<NonNullable<PluginTask["flush"]>>>;
    try {
      flushed = await watch.during("flush", async () => task.flush?.());
    } catch (error) {
      putBack();
      if (retriableIn(error) === undefined) throw failureAt({ ...this.#place(), stage: "TASK_PUT" }, error);
      return world.logger.warn("a sink could not flush; nothing is committed before it can", { ...this.#place(), error });
    }
    const own = ownOffsets(flushed, this.#place());
    const offsets = (own ?? [...written.values()]).filter((place) => !isOld(place));
    if (offsets.length === 0) return undefined;
    try {
      await consumer.commit(offsets);
    } catch (error) {
      putBack();
      world.logger.warn("a sink's offsets could not be committed; they are tried again", { ...this.#place(), error });
    }
    return undefined;
  }

  async #handedOver(taken: readonly Taken[], bad: BadRecords): Promise<void> {
    for (const each of taken) {
      const { wire, claim } = each;
      const reported = bad.of(wire);
      if (reported !== undefined) await this.#leaveOut(each, reported.error);
      else this.#writtenCount++;
      this.passed(wire.topic, wire.partition, wire.offset + 1, claim);
    }
  }

  /** None of them was written as far as is known: where errors are tolerated each is tried alone, and those that fail are left out. */
  async #refused(batch: readonly Taken[], cause: unknown): Promise<void> {
    const { errors, signal } = this.#options;
    if (!errors.toleratesAll || isOfTask(cause)) {
      const [first] = batch;
      throw failureAt(
        batch.length === 1 && first !== undefined ? this.#placeOf(first) : { ...this.#place(), stage: "TASK_PUT" },
        cause,
        this.#range(batch),
      );
    }
    // What went meanwhile is somebody else's.
    const left = batch.filter(({ wire, claim }) => !this.isRevoked(wire, claim));
    const [first] = left;
    if (left.length === 1 && batch.length === 1 && first !== undefined) {
      await this.#leaveOut(first, cause);
      return this.passed(first.wire.topic, first.wire.partition, first.wire.offset + 1, first.claim);
    }
    for (const each of left) {
      if (signal.aborted) return undefined;
      await this.write([each]);
    }
    return undefined;
  }

  async #leaveOut(taken: Taken, cause: unknown): Promise<void> {
    const place = this.#placeOf(taken);
    const failure = failureAt(place, cause);
    await this.#options.errors.take(failure, place, () => ({ ...taken.wire, timestampMs: taken.wire.timestamp }));
  }

  async #assigned(partitions: readonly TopicPartition[]): Promise<void> {
    const { task, consumer, seeks, watch } = this.#options;
    await this.#atRest();
    if (this.#isGivenUp) return;
    for (const { topic, partition } of partitions) this.#claims.set(keyOf(topic, partition), ++this.#lastClaim);
    if (this.#isPaused || this.#isWaiting) consumer.pause(partitions);
    await watch.during("assigned", async () => task.assigned?.(partitions.map(({ topic, partition }) => ({ topic, partition }))));
    for (const { topic, partition } of partitions) {
      const place = seeks.get(keyOf(topic, partition));
      if (place !== undefined) consumer.seek({ topic, partition }, Number(place.offset));
      seeks.delete(keyOf(topic, partition));
    }
  }

  async #revoked(partitions: readonly TopicPartition[], isOwned: boolean): Promise<void> {
    await this.#atRest();
    if (isOwned && partitions.length > 0 && !this.#isGivenUp) await this.#orGivenUp(this.#commit());
    for (const { topic, partition } of partitions) {
      this.#claims.delete(keyOf(topic, partition));
      this.#written.delete(keyOf(topic, partition));
    }
    if (this.#isGivenUp) return;
    const places = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const { task, watch } = this.#options;
    await this.#orGivenUp(watch.during("revoked", async () => task.revoked?.(places)));
  }

  /** Resolves when the sink has nothing under way, or is not waited for any more. */
  #atRest(): Promise<void> {
    return this.#orGivenUp(this.#work.then(nothing));
  }

  #orGivenUp(something: Promise<void>): Promise<void> {
    return Promise.race([something, this.#givenUp.promise]);
  }

  /** However long it takes, the group hears of this member. */
  async #whileAlive(work: () => Promise<void>): Promise<void> {
    const { world } = this.#options;
    const running = work();
    const settled = running.then(nothing, nothing);
    this.#work = settled;
    const maxPollMs = world.clients.consumer.maxPollIntervalMs ?? MAX_POLL_MS;
    if (!(await inTime(settled, Math.min(LONG_MS, maxPollMs * LONG_PART), world.clock))) await this.#keepAlive(settled);
    return running;
  }

  async #keepAlive(settled: Promise<unknown>): Promise<void> {
    const { consumer, world, signal } = this.#options;
    const over = new AbortController();
    void settled.then(() => over.abort());
    // A partition that comes in such a poll is not read in it: what it would bring is looked at by nobody.
    this.#isWaiting = true;
    try {
      while (!over.signal.aborted) {
        try {
          consumer.pause(consumer.assignment());
          await consumer.poll(ALIVE_MS, { signal: over.signal });
        } catch (error) {
          if (over.signal.aborted) continue;
          // The group goes on without this task. One that was told to stop ends when the sink has let go of it: whoever told it knows how long to wait.
          if (signal.aborted) await settled;
          else if (!(await inTime(settled, graceMsOf(world.worker), world.clock))) this.giveUp();
          throw error;
        }
      }
    } finally {
      this.#isWaiting = false;
    }
    if (!this.#isPaused) consumer.resume(consumer.assignment());
  }

  #place(): ConnectPlace {
    return { connector: this.#options.connector, task: this.#options.taskNumber };
  }

  #placeOf({ wire }: Taken): ConnectPlace {
    return { ...this.#place(), stage: "TASK_PUT", topic: wire.topic, partition: wire.partition, offset: BigInt(wire.offset) };
  }

  #range(left: readonly Taken[]): string | undefined {
    const [first, last] = [left[0]?.wire, left.at(-1)?.wire];
    if (left.length < 2 || first === undefined || last === undefined) return undefined;
    return `one of ${left.length} that were handed over together, from ${first.topic}-${first.partition} offset ${first.offset} to ${last.topic}-${last.partition} offset ${last.offset}`;
  }
}

/** What a sink says of records of one batch, whether it names them or copies of them. */
class BadRecords {
  readonly #batch: readonly Taken[];
  readonly #errors = new Map<ConsumerRecord, { readonly error: unknown }>();
  #known: ReadonlyMap<unknown, ConsumerRecord> | undefined;
  #isClosed = false;

  constructor(batch: readonly Taken[]) {
    this.#batch = batch;
  }

  /** Throws at the sink: a record that it means and that nobody knows would count as written. */
  add(record: SinkRecord, error: unknown): void {
    if (this.#isClosed)
      throw new ConnectError("CONNECT_SINK", "reportBad was called when write had ended: the records of that batch count as written.");
    this.#known ??= new Map<unknown, ConsumerRecord>(
      this.#batch.flatMap((taken) => [[taken.record, taken.wire] as const, [placeOf(taken.record), taken.wire] as const]),
    );
    const wire = this.#known.get(record) ?? this.#known.get(placeOf(record));
    if (wire === undefined) throw new ConnectError("CONNECT_SINK", "reportBad was called with what is none of the batch's records.");
    this.#errors.set(wire, { error });
  }

  of(wire: ConsumerRecord): { readonly error: unknown } | undefined {
    return this.#errors.get(wire);
  }

  close(): void {
    this.#isClosed = true;
  }
}

function nothing(): void {}

function placeOf(record: Partial<SinkRecord> | null | undefined): string {
  return `${record?.originalTopic} ${record?.originalPartition} ${record?.originalOffset}`;
}

/** Offsets that a sink keeps itself; undefined: it said none. What is none would be tried again for ever. */
function ownOffsets(flushed: unknown, place: ConnectPlace): (TopicPartition & { readonly offset: number })[] | undefined {
  const offsets = (flushed as { readonly offsets?: unknown } | null | undefined)?.offsets;
  if (offsets === undefined) return undefined;
  const places = Array.isArray(offsets)
    ? (offsets as readonly Partial<Record<string, unknown>>[]).map((each) => ({
        topic: each?.["topic"],
        partition: each?.["partition"],
        offset: typeof each?.["offset"] === "bigint" ? Number(each["offset"]) : each?.["offset"],
      }))
    : [undefined];
  for (const each of places)
    if (typeof each?.topic !== "string" || !isWhole(each.partition) || !isWhole(each.offset))
      throw failureAt(
        { ...place, stage: "TASK_PUT" },
        new ConnectError(
          "CONNECT_SINK",
          "The sink's flush gave offsets that are none; each is { topic, partition, offset }, the offset a bigint that is not below 0.",
        ),
      );
  return places as (TopicPartition & { readonly offset: number })[];
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function keyOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}

/** Settings and states are never one record's: leaving records out would empty the topic into the dead letters. By its code: a plugin may have a copy of this package of its own. */
function isOfTask(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "CONNECT_CONFIG" || code === "CONNECT_STATE";
}
