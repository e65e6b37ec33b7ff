import { type Client, ClientError, type Consumer, type ConsumerBatch, type Producer, type TopicPartition } from "@ottla/client";
import { type AirportDelays, countFlight, decodeDelays, encodeDelays, noDelays } from "./airport-delays.ts";
import { DELAYS_GROUP, DELAYS_TOPIC, FLIGHTS_TOPIC } from "./demo-topics.ts";
import type { FlightValues } from "./flight-values.ts";
import { readToEnd } from "./topic-reader.ts";

const POLL_MS = 250;
/** How often changed statistics are written and offsets committed while flights keep coming. */
const WRITE_EVERY_MS = 400;

/** What a member stands on. */
export interface MemberWorld {
  readonly client: Client;
  readonly producer: Producer;
  readonly values: FlightValues;
  readonly airportNames: ReadonlyMap<string, string>;
  /** Where the members count what they read. */
  readonly counts: { flights: number; ignored: number };
}

/**
 * One member of the group that folds flights into delay statistics per airport. It rebuilds its state from the compacted topic when it is
 * given a partition, and commits offsets only after the statistics that contain them are written; what is read twice after a crash is
 * recognised by its offset (see {@link AirportDelays}) and counted once.
 */
export class DelaysMember {
  readonly #world: MemberWorld;
  readonly #consumer: Consumer;
  /** Per partition, per airport. */
  readonly #states = new Map<number, Map<string, AirportDelays>>();
  readonly #changed = new Set<AirportDelays>();
  readonly #done: Promise<void>;
  /** Whether flights were read since the last commit. */
  #isUncommitted = false;
  #isStopping = false;

  constructor(world: MemberWorld, clientNumber: number) {
    this.#world = world;
    this.#consumer = world.client.consumer({
      groupId: DELAYS_GROUP,
      groupInstanceId: `airport-delays-${clientNumber}`,
      autoOffsetReset: "earliest",
      enableAutoCommit: false,
      // A member that was killed is replaced by the one with its name at once; this is for one that hangs.
      sessionTimeoutMs: 10_000,
    });
    this.#consumer.subscribe(FLIGHTS_TOPIC, {
      onAssigned: (partitions) => this.#restore(partitions),
      onRevoked: async (partitions) => {
        await this.#write();
        this.#forget(partitions);
      },
      onLost: (partitions) => this.#forget(partitions),
    });
    this.#done = this.#run();
  }

  /** Rejects with what made the member give up; resolves when it was stopped. */
  get done(): Promise<void> {
    return this.#done;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#consumer.wakeup();
    await this.#done.catch(() => {});
  }

  async #run(): Promise<void> {
    try {
      let writtenMs = performance.now();
      while (!this.#isStopping) {
        const batches = await this.#poll();
        for (const batch of batches) await this.#fold(batch);
        if (batches.length > 0 && performance.now() - writtenMs < WRITE_EVERY_MS) continue;
        await this.#write();
        writtenMs = performance.now();
      }
      await this.#write();
    } finally {
      await this.#consumer.close();
    }
  }

  async #poll(): Promise<readonly ConsumerBatch[]> {
    try {
      return await this.#consumer.poll(POLL_MS);
    } catch (error) {
      if (error instanceof ClientError && error.code === "WOKEN_UP") return [];
      throw error;
    }
  }

  async #fold(batch: ConsumerBatch): Promise<void> {
    const state = this.#states.get(batch.partition);
    if (state === undefined) return;
    this.#isUncommitted = true;
    const cursor = batch.cursor();
    while (cursor.moveNext()) {
      const airport = cursor.key()?.toString();
      const read = this.#world.values.read(cursor.value());
      const facts = read instanceof Promise ? await read : read;
      if (airport === undefined || facts === undefined) {
        this.#world.counts.ignored++;
        continue;
      }
      let delays = state.get(airport);
      if (delays === undefined) state.set(airport, (delays = noDelays(airport)));
      if (countFlight(delays, cursor.offset, facts.delay)) {
        this.#changed.add(delays);
        this.#world.counts.flights++;
      }
    }
  }

  /** Statistics first, then the offsets they cover: never the other way round. */
  async #write(): Promise<void> {
    const { producer, airportNames } = this.#world;
    if (this.#changed.size > 0) {
      const records = [...this.#changed].map((delays) => ({
        topic: DELAYS_TOPIC,
        key: delays.airport,
        value: encodeDelays(delays, airportNames.get(delays.airport)),
      }));
      this.#changed.clear();
      const { error } = await producer.sendBatch(records);
      if (error) throw error;
    }
    if (this.#isUncommitted) await this.#commit();
  }

  async #commit(): Promise<void> {
    this.#isUncommitted = false;
    try {
      await this.#consumer.commit();
    } catch (error) {
      // The partitions have gone to another member, which reads from the last commit and recognises what is counted.
      if (!(error instanceof ClientError && error.code === "COMMIT_FAILED")) throw error;
    }
  }

  async #restore(partitions: readonly TopicPartition[]): Promise<void> {
    for (const { partition } of partitions) this.#states.set(partition, new Map());
    const sources = partitions.map(({ partition }) => ({ topic: DELAYS_TOPIC, partition }));
    if (sources.length === 0) return;
    await readToEnd(this.#world.client, sources, ({ partition, value }) => {
      const delays = decodeDelays(value);
      if (delays) this.#states.get(partition)?.set(delays.airport, delays);
    });
  }

  #forget(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) {
      for (const delays of this.#states.get(partition)?.values() ?? []) this.#changed.delete(delays);
      this.#states.delete(partition);
    }
  }
}
