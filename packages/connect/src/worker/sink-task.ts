import type { Timer } from "@ottla/base";
import type { Consumer, ConsumerRecord, TopicPartition } from "@ottla/client";
import { ConnectError, type ConnectPlace } from "../connect-error.ts";
import type { SinkRecord } from "../data/connect-record.ts";
import { readConfig } from "../plugin/read-config.ts";
import { sensitiveNamesOf } from "../plugin/validate-config.ts";
import { secretsIn } from "../secrets/secrets-in.ts";
import type { SinkTaskContext } from "../plugin/sink-plugin.ts";
import { type CallWatch, callWatch } from "./call-watch.ts";
import { DeadLetters } from "./dead-letters.ts";
import { closeInTime } from "./close-in-time.ts";
import { inTime } from "./in-time.ts";
import { Pipeline } from "./pipeline.ts";
import { failureAt, failureOf } from "./record-failure.ts";
import { RecordErrors } from "./record-errors.ts";
import { retried } from "./retries.ts";
import { SinkDelivery, type Taken } from "./sink-delivery.ts";
import { decodedRecord } from "./sink-record.ts";
import { type ErrorSettings, errorSettings, graceMsOf, numberOf, sinkTopics } from "./task-settings.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "./task-world.ts";

const POLL_MS = 500;
const FLUSH_INTERVAL_MS = 60_000;
/** To tell the group that a member is gone that is waited for no longer. */
const LEAVE_MS = 2_000;
/** So many records are handed to a sink at once. */
const BATCH_RECORDS = 2_000;

/** The group of a sink's tasks. */
export function sinkGroup(connector: string, properties: Readonly<Record<string, string>>): string {
  return properties["consumer.override.group.id"] ?? `connect-${connector}`;
}

/** A sink's task: a member of its connector's group that reads, converts, hands over, and commits what the sink says is durable. */
export class SinkTask implements RunningTask {
  readonly ended: Promise<void>;
  readonly #plan: TaskPlan;
  readonly #world: TaskWorld;
  readonly #stopping = new AbortController();
  readonly #topics = new Set<string>();
  readonly #errorSettings: ErrorSettings;
  #isPaused = false;
  #delivery: SinkDelivery | undefined;
  #errors: RecordErrors | undefined;
  readonly #watch: CallWatch;

  constructor(plan: TaskPlan, world: TaskWorld) {
    this.#plan = plan;
    this.#world = world;
    this.#watch = callWatch(plan, world);
    this.#errorSettings = errorSettings(plan.properties);
    this.ended = this.#run().catch((error: unknown) => {
      throw failureOf(plan, error);
    });
    this.ended.catch(() => {});
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended.catch(() => {});
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      records_written: this.#delivery?.written ?? 0,
      records_left_out: this.#errors?.count ?? 0,
      stuck_ms: this.#watch.stuckMs,
    };
  }

  async #run(): Promise<void> {
    const { properties, connector } = this.#plan;
    const { catalogue, worker, clients, clock, logger } = this.#world;
    const graceMs = graceMsOf(worker);
    const plugin = await catalogue.load(["sink"], properties["connector.class"] ?? "");
    this.#world.mask?.add(secretsIn(properties, await sensitiveNamesOf(properties, catalogue)));
    const config = readConfig(plugin.config, properties);
    const pipeline = await Pipeline.open(properties, worker, catalogue);
    const errors = new RecordErrors(this.#errorSettings, DeadLetters.of(clients.client, this.#errorSettings), logger, this.#world.mask);
    this.#errors = errors;
    const consumer = clients.client.consumer({
      autoOffsetReset: "earliest",
      ...clients.consumer,
      groupId: sinkGroup(connector, properties),
      enableAutoCommit: false,
    });
    try {
      const seeks = new Map<string, TopicPartition & { readonly offset: bigint }>();
      const context: SinkTaskContext = {
        connector,
        signal: this.#stopping.signal,
        log: logger,
        taskNumber: this.#plan.task,
        seek: (place, offset) => {
          if (this.#delivery?.seek(place, offset) !== true) seeks.set(`${place.topic} ${place.partition}`, { ...place, offset });
        },
      };
      const task = await this.#watch.during("open", async () => plugin.open(config, context));
      if (typeof (task as Partial<typeof task> | undefined)?.write !== "function")
        throw new ConnectError("CONNECT_SINK", "The plugin's open gives no task; it gives an object with write(records).");
      const delivery = new SinkDelivery({
        connector,
        taskNumber: this.#plan.task,
        consumer,
        task,
        errors,
        seeks,
        signal: this.#stopping.signal,
        world: this.#world,
        watch: this.#watch,
      });
      this.#delivery = delivery;
      const leaving = this.#leaveLate(consumer, delivery);
      try {
        consumer.subscribe(sinkTopics(properties), delivery.listener);
        await this.#loop(consumer, delivery, pipeline, errors);
      } finally {
        leaving.cancel();
        // A sink that is at fault may have written before: that is not to come again. Then its partitions go, and it is told so.
        const last = delivery.commit().catch((error: unknown) => logger.warn("a sink could not flush at its end", { connector, error }));
        if (!(await inTime(last, graceMs, clock))) delivery.giveUp();
        await consumer.close({ timeoutMs: graceMs }).catch(() => {});
        delivery.giveUp();
        await closeInTime("a sink", () => task.close?.(), this.#plan, this.#world);
      }
    } finally {
      this.#stopping.abort();
      await consumer.close({ timeoutMs: graceMs }).catch(() => {});
      await errors.close();
      await closeInTime("transforms and converters", () => pipeline.close(), this.#plan, this.#world);
    }
  }

  /** A sink that still writes when the time to end is over keeps no partitions from others: the group goes on without it. */
  #leaveLate(consumer: Consumer, delivery: SinkDelivery): { cancel(): void } {
    const { signal } = this.#stopping;
    const { clock, worker, logger } = this.#world;
    let timer: Timer | undefined;
    const onStop = (): void => {
      const graceMs = graceMsOf(worker);
      timer = clock.schedule(graceMs, () => {
        const { connector, task } = this.#plan;
        logger.warn("a sink did not end in time; its group goes on without it", { connector, task, graceMs });
        delivery.giveUp();
        void consumer.close({ timeoutMs: LEAVE_MS, loopTimeoutMs: 0 }).catch(() => {});
      });
    };
    if (signal.aborted) onStop();
    else signal.addEventListener("abort", onStop, { once: true });
    return {
      cancel() {
        signal.removeEventListener("abort", onStop);
        timer?.cancel();
      },
    };
  }

  async #loop(consumer: Consumer, delivery: SinkDelivery, pipeline: Pipeline, errors: RecordErrors): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, worker } = this.#world;
    const flushMs = numberOf(worker, "offset.flush.interval.ms", FLUSH_INTERVAL_MS);
    let flushedMs = clock.monotonicMs();
    while (!signal.aborted) {
      delivery.setPaused(this.#isPaused);
      const wait = Math.max(1, Math.min(POLL_MS, flushMs - (clock.monotonicMs() - flushedMs)));
      const batches = await polled(consumer, wait, signal);
      let taken: Taken[] = [];
      // Before anything is waited for: a partition may go and come back meanwhile.
      const claims = batches.map((batch) => delivery.claimOf(batch));
      for (const [at, batch] of batches.entries()) {
        const claim = claims[at];
        this.#saw(batch.topic);
        for (const wire of batch) {
          const record = delivery.isRevoked(wire, claim) ? undefined : await this.#decoded(wire, pipeline, errors, delivery);
          if (record !== undefined) taken.push({ record, wire, claim });
          if (taken.length < BATCH_RECORDS) continue;
          await delivery.write(taken);
          taken = [];
          if (signal.aborted) return;
        }
        await delivery.write(taken);
        taken = [];
        if (signal.aborted) return;
        delivery.passed(batch.topic, batch.partition, batch.nextOffset, claim);
      }
      if (clock.monotonicMs() - flushedMs < flushMs) continue;
      await delivery.commit();
      flushedMs = clock.monotonicMs();
    }
  }

  /** Undefined: a transform dropped it, or it is bad and may be left out. */
  async #decoded(wire: ConsumerRecord, pipeline: Pipeline, errors: RecordErrors, delivery: SinkDelivery): Promise<SinkRecord | undefined> {
    const { topic, partition } = wire;
    const offset = BigInt(wire.offset);
    const place: ConnectPlace = { connector: this.#plan.connector, task: this.#plan.task, topic, partition, offset };
    const decode = async (): Promise<SinkRecord | undefined> => {
      const read = decodedRecord(pipeline, wire, place);
      const record = read instanceof Promise ? await read : read;
      return pipeline.transform(record, place);
    };
    try {
      return await retried(decode, this.#errorSettings, this.#world.clock, this.#stopping.signal, (delayMs) => delivery.waitAlive(delayMs));
    } catch (error) {
      const failure = error instanceof ConnectError ? error : failureAt(place, error);
      await errors.take(failure, failure.place, () => ({ ...wire, timestampMs: wire.timestamp }));
      return undefined;
    }
  }

  #saw(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.#world.onTopic(topic);
  }
}

/** Nothing when the signal came. */
async function polled(consumer: Consumer, timeoutMs: number, signal: AbortSignal): ReturnType<Consumer["poll"]> {
  try {
    return await consumer.poll(timeoutMs, { signal });
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}
