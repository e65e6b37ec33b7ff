import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient, type Producer } from "@ottla/client";
import type { Chance } from "../process/seeded-random.ts";
import type { KnownAnswers } from "./answers.ts";
import { BAD, inputs, PARTITIONS, POISON } from "./topology.ts";

const WORDS = 40;
const KEYS_PER_PARTITION = 3;
const LINES_PER_BURST = 6;
const PAUSE_MS = 40;
/** So much later each line of a partition is than the one before: about what passes between two of them. */
const STEP_MS = 25;
const POISON_SHARE = 0.01;
const BAD_SHARE = 0.01;
const FLUSH_STEP_MS = 10_000;
/** A cluster may take its time to come back on a busy machine. */
const DELIVERY_TIMEOUT_MS = 600_000;

interface Sent {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

/** Sends lines and pairs, each once (an idempotent producer, which sends again over a broker's death), and keeps what has to come of them. Within a partition the times of lines go up, so that none is late. */
export class KnownSource {
  readonly #known: KnownAnswers;
  readonly #random: Chance;
  readonly #client: Client;
  readonly #producer: Producer;
  readonly #timesMs: number[];
  #sent = 0;
  #isStopping = false;
  #isPaused = false;
  #loop: Promise<void> = Promise.resolve();
  failure: Error | undefined;

  constructor(bootstrap: string, known: KnownAnswers, random: Chance, beginMs: number) {
    this.#known = known;
    this.#random = random;
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "known-source",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#producer = this.#client.producer({ acks: "all", idempotent: true, deliveryTimeoutMs: DELIVERY_TIMEOUT_MS });
    this.#timesMs = Array.from({ length: PARTITIONS }, () => beginMs);
  }

  get sentCount(): number {
    return this.#sent;
  }

  /** What lines are joined with: before anything else. */
  async fillTable(): Promise<void> {
    const timestamp = this.#timesMs[0]! - 60_000;
    await this.#send(
      Array.from({ length: PARTITIONS }, (_, partition) =>
        keysOf(partition).map((key) => ({ topic: inputs.names, partition, key, value: `name-of-${key}`, timestamp })),
      ).flat(),
    );
  }

  start(): void {
    this.#loop = this.#run();
    this.#loop.catch((error: Error) => {
      this.failure = error;
    });
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** Resolves when everything is acknowledged; rejects when something was given up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop;
  }

  /** Lines far later than all others, which no window is known of: those before them close. */
  async flush(): Promise<void> {
    const records = this.#timesMs.map((timeMs, partition) => {
      this.#timesMs[partition] = timeMs + FLUSH_STEP_MS;
      return {
        topic: inputs.lines,
        partition,
        key: `flush-${partition}`,
        value: `${POISON_FREE_ID}-${partition}`,
        timestamp: timeMs + FLUSH_STEP_MS,
      };
    });
    await this.#send(records);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      if (!this.#isPaused) await this.#send([...this.#lines(), ...this.#pair()]);
      await sleep(PAUSE_MS);
    }
  }

  #lines(): Sent[] {
    return Array.from({ length: LINES_PER_BURST }, () => {
      const partition = this.#below(PARTITIONS);
      const id = `l${this.#sent++}`;
      const keys = keysOf(partition);
      const key = keys[this.#below(keys.length)]!;
      const timestamp = (this.#timesMs[partition]! += STEP_MS);
      const words = Array.from({ length: 1 + this.#below(3) }, () => `word-${this.#below(WORDS)}`);
      const chance = this.#random();
      let value = `${id} ${words.join(" ")}`;
      if (chance < POISON_SHARE) {
        this.#known.addPoison(id);
        value = `${POISON}${value}`;
      } else if (chance < POISON_SHARE + BAD_SHARE) {
        // The first word of a line is its identity, and so that of a bad one is counted as a word.
        this.#known.addLine(id, key, timestamp, [id, ...words], false);
        value = `${BAD}${value}`;
      } else this.#known.addLine(id, key, timestamp, words, true);
      return { topic: inputs.lines, partition, key, value, timestamp };
    });
  }

  #pair(): Sent[] {
    const partition = this.#below(PARTITIONS);
    const key = `p${this.#sent++}`;
    this.#known.addPair(key);
    const timestamp = this.#timesMs[partition]!;
    const left = { topic: inputs.lefts, partition, key, value: `left-${key}`, timestamp };
    const right = { topic: inputs.rights, partition, key, value: `right-${key}`, timestamp };
    return this.#random() < 0.5 ? [left, right] : [right, left];
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  async #send(records: readonly Sent[]): Promise<void> {
    await this.#producer.send(records);
  }
}

const POISON_FREE_ID = "flush";

function keysOf(partition: number): string[] {
  return Array.from({ length: KEYS_PER_PARTITION }, (_, i) => `key-${partition}-${i}`);
}
