import type { ProducerRecord } from "@ottla/client";
import { ConnectError, type ConnectPlace } from "../connect-error.ts";
import type { SourcePlace, SourceRecord } from "../data/connect-record.ts";
import { topicRules } from "../plugin/topic-creation.ts";
import { readConfig } from "../plugin/read-config.ts";
import { sensitiveNamesOf } from "../plugin/validate-config.ts";
import { secretsIn } from "../secrets/secrets-in.ts";
import type { SourceEvent, SourceItem, SourceTaskContext } from "../plugin/source-plugin.ts";
import type { PluginOf } from "../plugin/plugin-entry.ts";
import { type CallWatch, callWatch } from "./call-watch.ts";
import { DeadLetters } from "./dead-letters.ts";
import { Gate } from "./gate.ts";
import { closeInTime } from "./close-in-time.ts";
import { inTime } from "./in-time.ts";
import { Pipeline, type WireRecord } from "./pipeline.ts";
import { failureAt, failureOf } from "./record-failure.ts";
import { RecordErrors } from "./record-errors.ts";
import { retriableIn, retried } from "./retries.ts";
import { isItem, itemsOf, sourceRecord, wrongItem } from "./source-record.ts";
import { openSourceOutput } from "./open-source-output.ts";
import type { SourceOutput } from "./source-output.ts";
import { errorSettings, graceMsOf, isSet, silentWarnMsOf } from "./task-settings.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "./task-world.ts";
import { TopicMaker } from "./topic-maker.ts";

/** Of a plugin's own; more are not kept. */
const GAUGES_MAX = 100;

/** A source's task: pulls, converts, writes, commits, and tells the source what is durable. */
export class SourceTask implements RunningTask {
  readonly ended: Promise<void>;
  readonly #plan: TaskPlan;
  readonly #world: TaskWorld;
  readonly #stopping = new AbortController();
  readonly #gate = new Gate();
  readonly #gauges = new Map<string, number>();
  #output: SourceOutput | undefined;
  #errors: RecordErrors | undefined;
  /** Rejects when what was taken cannot become durable. */
  readonly #broken = Promise.withResolvers<never>();
  readonly #watch: CallWatch;
  /** When something came of the source last. */
  #lastMs: number;

  constructor(plan: TaskPlan, world: TaskWorld) {
    this.#plan = plan;
    this.#world = world;
    this.#watch = callWatch(plan, world);
    this.#lastMs = world.clock.monotonicMs();
    this.ended = this.#run().catch((error: unknown) => {
      throw failureOf(plan, error);
    });
    this.ended.catch(() => {});
  }

  pause(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#gate.open();
    await this.ended.catch(() => {});
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      records_written: this.#output?.written ?? 0,
      records_in_flight: this.#output?.inFlight ?? 0,
      records_left_out: this.#errors?.count ?? 0,
      stuck_ms: this.#watch.stuckMs,
      silent_ms: Math.round(this.#world.clock.monotonicMs() - this.#lastMs),
      ...Object.fromEntries(this.#gauges),
    };
  }

  #metric(name: string, value: number): void {
    if (typeof value !== "number" || (this.#gauges.size >= GAUGES_MAX && !this.#gauges.has(name))) return;
    this.#gauges.set(name, value);
  }

  async #run(): Promise<void> {
    this.#broken.promise.catch(() => {});
    const { properties, connector, task } = this.#plan;
    const { catalogue, worker, clients, logger, clock } = this.#world;
    const graceMs = graceMsOf(worker);
    const plugin = await catalogue.load(["source"], properties["connector.class"] ?? "");
    this.#world.mask?.add(secretsIn(properties, await sensitiveNamesOf(properties, catalogue)));
    const config = readConfig(plugin.config, properties);
    const pipeline = await Pipeline.open(properties, worker, catalogue);
    const errors = new RecordErrors(
      errorSettings(properties),
      DeadLetters.of(clients.client, errorSettings(properties)),
      logger,
      this.#world.mask,
    );
    this.#errors = errors;
    const context: SourceTaskContext<object> = {
      connector,
      signal: this.#stopping.signal,
      log: logger,
      task: this.#plan.work,
      offsets: { get: (partition) => this.#world.offsets.get(partition) },
      metric: (name, value) => this.#metric(name, value),
    };
    const acked = async (offsets: readonly { readonly partition: SourcePlace; readonly offset: SourcePlace | null }[]): Promise<void> => {
      for (const { partition, offset } of offsets)
        if (offset !== null && plugin.acked !== undefined)
          await this.#watch.during("acked", async () => plugin.acked?.(partition, offset, context));
    };
    const tolerate = (record: ProducerRecord, error: Error): Promise<void> => {
      const place: ConnectPlace = { connector, task, stage: "KAFKA_PRODUCE", topic: record.topic };
      return errors.take(failureAt(place, error), place, () => wireOf(record));
    };
    try {
      const output = openSourceOutput(this.#plan, this.#world, {
        acked,
        delivered:
          plugin.delivered === undefined
            ? undefined
            : ({ partition, offset }) => void (offset !== null && plugin.delivered?.(partition, offset, context)),
        tolerate: errors.toleratesAll ? tolerate : undefined,
        onFailure: (error) => this.#broken.reject(failureAt({ connector, task, stage: "KAFKA_PRODUCE" }, error)),
      });
      this.#output = output;
      try {
        const starting = output.start();
        starting.catch(() => {});
        await Promise.race([starting, aborted(this.#stopping.signal)]);
        if (this.#stopping.signal.aborted) return;
        await this.#pull(plugin, config, context, pipeline, output, errors).catch(async (error: unknown) => {
          // What came before is written: it is not to come again with every restart.
          await inTime(output.finish(), graceMs, clock);
          throw error;
        });
        await this.#finish(output, graceMs);
        // A source at its end is no failure: the task is there until it is told to end.
        if (!this.#stopping.signal.aborted) await Promise.race([aborted(this.#stopping.signal), this.#broken.promise]);
      } finally {
        await output.close();
      }
    } finally {
      this.#stopping.abort();
      await errors.close();
      await closeInTime("transforms and converters", () => pipeline.close(), this.#plan, this.#world);
    }
  }

  /** Whoever ends a task waits no longer than it may: the cluster may take nothing for as long as `delivery.timeout.ms`, and others wait for this one. */
  async #finish(output: SourceOutput, graceMs: number): Promise<void> {
    const { clock, logger } = this.#world;
    const finishing = output.finish();
    finishing.catch(() => {});
    await Promise.race([finishing, aborted(this.#stopping.signal)]);
    if (await inTime(finishing, graceMs, clock)) return finishing;
    const { connector, task } = this.#plan;
    logger.warn("what a source gave could not be made durable in time; it is read again", { connector, task, graceMs });
  }

  async #pull(
    plugin: PluginOf<"source">,
    config: ReturnType<typeof readConfig>,
    context: SourceTaskContext<object>,
    pipeline: Pipeline,
    output: SourceOutput,
    errors: RecordErrors,
  ): Promise<void> {
    const { connector, task, properties } = this.#plan;
    const { signal } = this.#stopping;
    const rules = isSet(this.#world.worker, "topic.creation.enable", true) ? topicRules(properties) : undefined;
    const topics = new TopicMaker(this.#world.clients.client, rules, (topic) => this.#world.onTopic(topic));
    const place: ConnectPlace = { connector, task };
    const silentWarnMs = silentWarnMsOf(properties);
    const iterator = iteratorOf(plugin.read(config, context));
    const graceMs = graceMsOf(this.#world.worker);
    const pulled = new Pulled(iterator, signal);
    // What was written before cannot be made durable, and the source may be silent for long.
    this.#broken.promise.catch((error: unknown) => pulled.fail(error));
    try {
      for (;;) {
        const shut = this.#gate.passed();
        if (shut !== undefined) await shut;
        if (signal.aborted) return;
        const next = await (silentWarnMs === 0 ? pulled.next() : this.#heard(pulled.next(), silentWarnMs)).catch((error: unknown) => {
          throw pulled.isBroken ? error : failureAt({ ...place, stage: "TASK_POLL" }, error);
        });
        if (next === undefined || next.done) return;
        this.#lastMs = this.#world.clock.monotonicMs();
        const items = itemsOf(next.value);
        for (const item of items) if (!isItem(item)) throw failureAt({ ...place, stage: "TASK_POLL" }, wrongItem(item));
        let ends = false;
        for (const item of items) {
          ends = item.transactionEnds === true;
          const taken = this.#take(item, pipeline, topics, output, errors);
          if (taken !== undefined) await pulled.until(taken);
          // What could not be taken yet is read again; a cluster that takes nothing would keep the task for `delivery.timeout.ms`.
          if (signal.aborted) return;
          const boundary = ends ? output.batchEnds(true) : undefined;
          if (boundary !== undefined) await pulled.until(boundary);
        }
        const boundary = ends ? undefined : output.batchEnds(false);
        if (boundary !== undefined) await pulled.until(boundary);
      }
    } finally {
      // A source that waits hears of it.
      if (pulled.isBroken) this.#stopping.abort();
      await ended(iterator, graceMs, this.#world, place);
    }
  }

  /** Undefined where nothing has come for long is no failure, and is told of where the settings say after how long. */
  #heard<T>(next: Promise<T>, warnMs: number): Promise<T> {
    const { clock, logger } = this.#world;
    const { connector, task } = this.#plan;
    const since = new Date(clock.nowMs()).toISOString();
    const timer = clock.schedule(warnMs, () => {
      if (this.#gate.isShut) return;
      logger.warn("a source has given nothing for long; look at the system that it reads, or restart the task", {
        connector,
        task,
        since,
        warnMs,
      });
    });
    return next.finally(() => timer.cancel());
  }

  /** A promise where something has to be waited for. */
  #take(item: SourceItem, pipeline: Pipeline, topics: TopicMaker, output: SourceOutput, errors: RecordErrors): Promise<void> | undefined {
    if (item.topic === undefined) return output.add(undefined, item.partition, item.offset);
    const record = sourceRecord(item);
    const place: ConnectPlace = { connector: this.#plan.connector, task: this.#plan.task, topic: item.topic };
    try {
      const transformed = pipeline.transform(record, place);
      if (transformed === undefined) return output.add(undefined, item.partition, item.offset);
      const wire = pipeline.toWire(transformed, place);
      const made = topics.ensure(transformed.topic);
      if (wire instanceof Promise || made !== undefined)
        return this.#takeSlowly(item, record, pipeline, topics, output, errors, { transformed, wire, made });
      const waits = output.add(producerRecord(transformed, wire), item.partition, item.offset);
      // A dead letter may still need what a producer has copied.
      if (waits === undefined && !errors.toleratesAll) pipeline.giveBack(wire);
      return waits;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (retriableIn(error) !== undefined) return this.#takeSlowly(item, record, pipeline, topics, output, errors);
      return this.#bad(error, record, place, output, errors);
    }
  }

  async #takeSlowly(
    item: SourceEvent,
    record: SourceRecord,
    pipeline: Pipeline,
    topics: TopicMaker,
    output: SourceOutput,
    errors: RecordErrors,
    begun?: {
      readonly transformed: SourceRecord;
      readonly wire: WireRecord | Promise<WireRecord>;
      readonly made: Promise<void> | undefined;
    },
  ): Promise<void> {
    // Each is waited for one after the other, and may fail before.
    begun?.made?.catch(() => {});
    const place: ConnectPlace = { connector: this.#plan.connector, task: this.#plan.task, topic: item.topic };
    const limits = errorSettings(this.#plan.properties);
    let ready: { readonly transformed: SourceRecord; readonly wire: WireRecord } | undefined;
    let first = begun;
    try {
      ready = await retried(
        async () => {
          const known = first;
          first = undefined;
          if (known !== undefined) return { transformed: known.transformed, wire: await known.wire };
          const transformed = pipeline.transform(record, place);
          return transformed && { transformed, wire: await pipeline.toWire(transformed, place) };
        },
        limits,
        this.#world.clock,
        this.#stopping.signal,
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return this.#bad(error, record, place, output, errors);
    }
    if (ready === undefined) return output.add(undefined, item.partition, item.offset);
    await topics.ensure(ready.transformed.topic);
    return output.add(producerRecord(ready.transformed, ready.wire), item.partition, item.offset);
  }

  async #bad(error: Error, record: SourceRecord, place: ConnectPlace, output: SourceOutput, errors: RecordErrors): Promise<void> {
    await errors.take(error, place, () => ({ ...printedRecord(record), timestampMs: record.timestampMs }));
    await output.add(undefined, record.sourcePartition, record.sourceOffset);
  }
}

function producerRecord(record: SourceRecord, { key, value, headers }: WireRecord): ProducerRecord {
  const { topic, partition, timestampMs: timestamp } = record;
  return { topic, key, value, headers: headers.length > 0 ? headers : undefined, partition, timestamp };
}

function wireOf({ key, value, headers }: ProducerRecord): WireRecord {
  const bytes = (each: ProducerRecord["key"]): Uint8Array | null =>
    each == null ? null : typeof each === "string" ? Buffer.from(each) : new Uint8Array(each);
  return { key: bytes(key), value: bytes(value), headers: Array.isArray(headers) ? (headers as WireRecord["headers"]) : [] };
}

/** A record that has no bytes yet, as a dead letter shows it. */
function printedRecord({ key, value }: SourceRecord): WireRecord {
  const print = (each: unknown): Uint8Array | null =>
    each === null || each === undefined
      ? null
      : Buffer.from(JSON.stringify(each, (_name, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ?? "");
  return { key: print(key), value: print(value), headers: [] };
}

/** An iterator whose next item may be given up, as what is waited for in between. (`Promise.race` would keep a handler at the signal's promise for each item.) */
class Pulled<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #signal: AbortSignal;
  #broken: { readonly error: unknown } | undefined;
  #turn: { readonly resolve: (nothing: undefined) => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(iterator: AsyncIterator<T>, signal: AbortSignal) {
    this.#iterator = iterator;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#turn?.resolve(undefined), { once: true });
  }

  /** Undefined when the signal came first. */
  next(): Promise<IteratorResult<T> | undefined> {
    const turn = Promise.withResolvers<IteratorResult<T> | undefined>();
    this.#turn = turn;
    if (this.#broken !== undefined) turn.reject(this.#broken.error);
    else if (this.#signal.aborted) turn.resolve(undefined);
    // A plugin in JavaScript may give the item itself.
    else Promise.resolve(this.#iterator.next()).then(turn.resolve, turn.reject);
    return turn.promise;
  }

  /** Waits for it, until the signal comes. */
  until(something: Promise<unknown>): Promise<unknown> {
    const turn = Promise.withResolvers<unknown>();
    this.#turn = turn;
    something.then(turn.resolve, turn.reject);
    if (this.#broken !== undefined) turn.reject(this.#broken.error);
    else if (this.#signal.aborted) turn.resolve(undefined);
    return turn.promise;
  }

  /** Whoever waits for an item, or comes for one, gets this error. */
  fail(error: unknown): void {
    this.#broken ??= { error };
    this.#turn?.reject(error);
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }
}

function iteratorOf<T>(items: AsyncIterable<T>): AsyncIterator<T> {
  const make = (items as Partial<AsyncIterable<T>> | null | undefined)?.[Symbol.asyncIterator];
  if (typeof make !== "function")
    throw new ConnectError(
      "CONNECT_SOURCE",
      "The plugin's read gives nothing that can be read; write it as async *read(config, context) { … }.",
    );
  return items[Symbol.asyncIterator]();
}

/** Resolves when the signal has come. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Ends a source's iterator; one that does not end in time is left behind, and told of. */
async function ended(iterator: AsyncIterator<unknown>, graceMs: number, { clock, logger }: TaskWorld, place: ConnectPlace): Promise<void> {
  const end = (async () => iterator.return?.(undefined))();
  if (!(await inTime(end, graceMs, clock))) logger.warn("a source did not end in time and is left behind", { ...place, graceMs });
}
