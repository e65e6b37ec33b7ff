import { setTimeout as sleep } from "node:timers/promises";
import { type Client, type Consumer, createClient, type Producer } from "@ottla/client";
import type { HistoryRecorder } from "../history/recorder.ts";

/** The topic and group of a crash run. */
export const crashTopic = "crash";
export const crashGroup = "crash-readers";
export const crashPartitions = 3;

// The checker remembers every record: a moderate pace keeps 200 cycles within its memory.
const BURST = 60;
const PAUSE_MS = 10;
/** A broker may take its time to come back on a busy machine. */
const DELIVERY_TIMEOUT_MS = 600_000;
const VALUE_PADDING = "·".repeat(80);

/** What the history calls a partition. */
export function partitionName(partition: number): string {
  return `${crashTopic}:${partition}`;
}

/** Cuts the padding off a value. */
export function plainValue(value: Buffer | null): string {
  return (value?.toString("utf8") ?? "").replace(/·+$/, "");
}

/**
 * Idempotent producers with acks=all, one without idempotence and with acks=1, a group consumer that commits, somebody who looks its offsets up, and a reader by offset, all of them going
 * on over the broker's deaths.
 */
export class CrashLoad {
  readonly #history: HistoryRecorder;
  readonly #client: Client;
  readonly #consumer: Consumer;
  readonly #reader: Consumer;
  readonly #loops: Promise<void>[] = [];
  readonly #producerCount: number;
  #isStopping = false;
  #failure: Error | undefined;
  /** How many records were acknowledged so far. */
  acknowledgedCount = 0;

  constructor(bootstrap: string, producers: number, history: HistoryRecorder) {
    this.#history = history;
    this.#producerCount = producers;
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "crash-load",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    const consumer = { autoOffsetReset: "earliest", enableAutoCommit: false, fetchMaxWaitMs: 100 } as const;
    this.#consumer = this.#client.consumer({ ...consumer, groupId: crashGroup, sessionTimeoutMs: 10_000 });
    this.#reader = this.#client.consumer(consumer);
  }

  /** Begins to produce and to consume. */
  start(): void {
    const idempotent = (): Producer =>
      this.#client.producer({ acks: "all", idempotent: true, lingerMs: 2, deliveryTimeoutMs: DELIVERY_TIMEOUT_MS });
    const plain = this.#client.producer({ acks: 1, idempotent: false, lingerMs: 2, deliveryTimeoutMs: DELIVERY_TIMEOUT_MS });
    for (let i = 1; i <= this.#producerCount; i++) this.#guard(this.#produce(idempotent(), `p${i}`, true));
    this.#guard(this.#produce(plain, "plain", false));
    this.#guard(this.#consume());
    this.#guard(this.#lookUp());
    this.#guard(this.#read());
  }

  /** The first error that no retry healed: a client that gives up would make the rest of the run meaningless. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Stops producing, waits for every record to be decided, and closes. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#consumer.wakeup();
    this.#reader.wakeup();
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  #guard(loop: Promise<void>): void {
    this.#loops.push(
      loop.catch((error: unknown) => {
        this.#failure ??= error as Error;
      }),
    );
  }

  async #produce(producer: Producer, name: string, isIdempotent: boolean): Promise<void> {
    let count = 0;
    while (!this.#isStopping) {
      const sends: Promise<void>[] = [];
      for (let index = 0; index < BURST; index += 1) {
        const partition = index % crashPartitions;
        const value = `${name}-${++count}`;
        const record = this.#history.send({ value, partition: partitionName(partition), producer: name, isIdempotent });
        // Who sends again without idempotence may store it as often as it tries.
        record.attempts = isIdempotent ? 1 : Infinity;
        const sent = producer.send({ topic: crashTopic, partition, value: value + VALUE_PADDING });
        sends.push(
          sent.then(({ offset }) => {
            this.acknowledgedCount++;
            this.#history.acknowledge(record, offset < 0 ? undefined : offset);
          }),
        );
      }
      await Promise.all(sends);
      await sleep(PAUSE_MS);
    }
  }

  async #consume(): Promise<void> {
    this.#consumer.subscribe(crashTopic);
    for (let polls = 1; !this.#isStopping; polls++) {
      try {
        const batches = await this.#consumer.poll(200);
        // A group may have gone back to what was committed between two polls.
        this.#notePoll(batches, `member/${polls}`, new Map());
        const positions = batches.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset }));
        if (positions.length === 0) continue;
        const commits = positions.map(({ partition, offset }) =>
          this.#history.commit({ group: crashGroup, partition: partitionName(partition), offset }),
        );
        await this.#consumer.commit(positions);
        for (const commit of commits) this.#history.endCommit(commit, true);
      } catch {
        // A commit or poll that met the broker's death: what was not answered is no promise.
        await sleep(20);
      }
    }
  }

  async #lookUp(): Promise<void> {
    const asking = this.#client.consumer({ groupId: crashGroup, enableAutoCommit: false });
    const partitions = Array.from({ length: crashPartitions }, (_, partition) => ({ topic: crashTopic, partition }));
    while (!this.#isStopping) {
      const begun = this.#history.tick();
      try {
        for (const { partition, committed } of await asking.committed(partitions))
          this.#history.fetchOffset({ group: crashGroup, partition: partitionName(partition), offset: committed?.offset, begun });
      } catch {
        // Nobody answered.
      }
      await sleep(50);
    }
  }

  async #read(): Promise<void> {
    this.#reader.assign(Array.from({ length: crashPartitions }, (_, partition) => ({ topic: crashTopic, partition })));
    const positions = new Map<number, number>();
    while (!this.#isStopping) {
      try {
        this.#notePoll(await this.#reader.poll(200), "reader", positions);
      } catch {
        await sleep(20);
      }
    }
  }

  #notePoll(
    batches: readonly { readonly partition: number; readonly startOffset: number; readonly nextOffset: number }[] &
      Awaited<ReturnType<Consumer["poll"]>>,
    reader: string,
    positions: Map<number, number>,
  ): void {
    const begun = this.#history.tick();
    for (const batch of batches) {
      const { partition, nextOffset: next } = batch;
      const records = [...batch].map(({ offset, value, leaderEpoch }) => ({
        offset,
        value: plainValue(value),
        ...(leaderEpoch !== undefined && { leaderEpoch }),
      }));
      const from = positions.get(partition) ?? records[0]?.offset ?? next;
      positions.set(partition, next);
      this.#history.poll({ reader, partition: partitionName(partition), isolation: "read_uncommitted", begun }, { from, next }, records);
    }
  }
}
