import type { Net } from "@ottla/base";
import { SeededRandom } from "@ottla/base/simulated";
import { type Client, type ClientOptions, type Consumer, createClient } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import type { FinalPartition, Isolation, SeenRecord, SentRecord, SentTransaction } from "../history/history.ts";
import { HistoryRecorder } from "../history/recorder.ts";
import { waitUntil } from "../process/wait-until.ts";
import { makeTopic } from "./case-client.ts";
import {
  type HistoryReader,
  isAbortable,
  isSurelyNotWritten,
  javaReader,
  javaTransactor,
  ourReader,
  ourTransactor,
  type Transactor,
} from "./history-clients.ts";

const PARTITIONS = 3;
const RECORDS_MAX = 12;
/** A machine starts slowly. */
const JAVA_DEATHS_MAX = 1;

/** What a run of the workload is asked for. */
export interface WorkloadOptions {
  readonly bootstrap: string;
  readonly seed: number;
  /** At least, and as many as fit while something is disturbed. */
  readonly transactionsPerWorker: number;
  /** One of the producers of transactions and a reader of each kind are Java's, beside ours. */
  readonly withJava?: boolean;
  /** The network of our clients. Default: the real one. */
  readonly net?: Net;
  /** Goes on while the workers do; what it needs is back when it resolves. */
  readonly disturb?: (history: HistoryRecorder) => Promise<void>;
}

/**
 * Producers of transactions that commit, abort and vanish, plain idempotent ones, and readers of both kinds, all at once and each with a client of its own.
 * Everything they were told is taken down; in the end every partition is read whole.
 */
export async function runWorkload(options: WorkloadOptions): Promise<HistoryRecorder> {
  const run = new Workload(options);
  try {
    return await run.play();
  } finally {
    await run.close();
  }
}

class Workload {
  readonly #options: WorkloadOptions;
  readonly #history = new HistoryRecorder();
  readonly #client: Client;
  readonly #id = uniqueName("history");
  #topic = "";
  #values = 0;
  #isOver = false;
  #disturbances = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#client = this.#newClient();
  }

  async play(): Promise<HistoryRecorder> {
    this.#topic = await makeTopic(this.#client, PARTITIONS);
    const { seed, disturb } = this.#options;
    const disturbing = this.#disturb(disturb);
    const { withJava = false } = this.#options;
    const workers = [1, 2, 3].map((n) => this.#work(`w${n}`, new SeededRandom(seed * 10 + n), withJava && n === 1));
    const plain = [1, 2].map((n) => this.#sendPlainly(`p${n}`, new SeededRandom(seed * 100 + n)));
    const readers = (["read_committed", "read_uncommitted"] as const).flatMap((isolation) =>
      withJava ? [this.#read(isolation, false), this.#read(isolation, true)] : [this.#read(isolation, false)],
    );
    await Promise.all(workers);
    this.#isOver = true;
    await Promise.all([...plain, ...readers, disturbing]);
    for (let partition = 0; partition < PARTITIONS; partition++) this.#history.finals.push(await this.#readWhole(partition));
    return this.#history;
  }

  async #disturb(disturb: WorkloadOptions["disturb"]): Promise<void> {
    this.#disturbances++;
    await disturb?.(this.#history);
    this.#disturbances--;
  }

  close(): Promise<void> {
    return this.#client.close({ timeoutMs: 5000 });
  }

  #newClient(): Client {
    const { net } = this.#options;
    return createClient(this.#clientOptions(), net && { net });
  }

  #clientOptions(): ClientOptions {
    return {
      bootstrapServers: this.#options.bootstrap,
      requestTimeoutMs: 3000,
      retryBackoffMs: 20,
      reconnectBackoffMs: 20,
      reconnectBackoffMaxMs: 300,
    };
  }

  /** One task: its transactional id outlives its producers. */
  async #work(name: string, random: SeededRandom, isJavas: boolean): Promise<void> {
    const client = this.#newClient();
    const transactionalId = `${this.#id}-${name}`;
    let lives = 0;
    let producer: Transactor | undefined;
    for (let n = 0; n < this.#options.transactionsPerWorker || this.#disturbances > 0; n++) {
      producer ??= isJavas
        ? await javaTransactor(this.#options.bootstrap, this.#topic, transactionalId)
        : this.#ourTransactor(client, transactionalId, random);
      const mayVanish = !isJavas || lives < JAVA_DEATHS_MAX;
      const isAlive = await this.#transact(producer, `${name}.${lives}`, `${name}-${n}`, random, mayVanish);
      if (isAlive) continue;
      await producer.close(false);
      producer = undefined;
      lives++;
    }
    // A last one under each id, so that nothing is left open.
    await producer?.close(true);
    await client.producer({ transactionalId, maxBlockMs: 60_000 }).initTransactions();
    await client.close();
  }

  #ourTransactor(client: Client, transactionalId: string, random: SeededRandom): Transactor {
    const producer = client.producer({
      transactionalId,
      maxBlockMs: 60_000,
      deliveryTimeoutMs: 60_000,
      batchSizeBytes: 300,
      compression: random.nextInt(2) === 0 ? "lz4" : "none",
    });
    return ourTransactor(producer, this.#topic);
  }

  /** False when the producer is of no use any more. */
  async #transact(producer: Transactor, producerName: string, id: string, random: SeededRandom, mayVanish: boolean): Promise<boolean> {
    await producer.begin();
    const transaction = this.#history.begin(id);
    const count = 1 + random.nextInt(RECORDS_MAX);
    const sends = Array.from({ length: count }, () => this.#send(producer, producerName, random.nextInt(PARTITIONS), transaction));
    const fate = random.nextInt(10);
    if (fate === 0 && mayVanish) return false;
    if (fate < 3) await Promise.all(sends);
    const isCommit = fate > 0 && fate < 8;
    this.#history.askEnd(transaction, isCommit);
    try {
      await (isCommit ? producer.commit() : producer.abort());
      this.#history.endTransaction(transaction, isCommit);
    } catch (error) {
      if (!isAbortable(error)) return false;
      await producer.abort();
      this.#history.endTransaction(transaction, false);
    }
    return true;
  }

  async #sendPlainly(name: string, random: SeededRandom): Promise<void> {
    const client = this.#newClient();
    const producer = ourTransactor(client.producer({ deliveryTimeoutMs: 60_000, batchSizeBytes: 200 }), this.#topic);
    while (!this.#isOver) {
      await Promise.all(
        Array.from({ length: 1 + random.nextInt(5) }, () => this.#send(producer, name, random.nextInt(PARTITIONS), undefined)),
      );
      await new Promise((resolve) => setTimeout(resolve, random.nextInt(20)));
    }
    await client.close();
  }

  /** Never rejects: what becomes of the record is in the history. */
  async #send(producer: Transactor, producerName: string, partition: number, transaction: SentTransaction | undefined): Promise<void> {
    const value = `${producerName}/${this.#values++}`;
    const sent: SentRecord = this.#history.send({
      value,
      partition: this.#label(partition),
      producer: producerName,
      isIdempotent: true,
      ...(transaction ? { transaction } : {}),
    });
    sent.attempts++;
    try {
      const offset = await producer.send(partition, value);
      this.#history.acknowledge(sent, offset < 0 ? undefined : offset);
    } catch (error) {
      if (isSurelyNotWritten(error)) this.#history.refuse(sent);
    }
  }

  async #read(isolation: Isolation, isJavas: boolean): Promise<void> {
    const { bootstrap } = this.#options;
    const client = this.#newClient();
    const reader: HistoryReader = isJavas
      ? await javaReader(bootstrap, this.#topic, isolation, PARTITIONS)
      : ourReader(client, this.#topic, isolation, PARTITIONS);
    const name = isJavas ? `Java's ${isolation}` : isolation;
    while (!this.#isOver) {
      const begun = this.#history.tick();
      for (const { partition, from, next, records } of await reader.poll())
        this.#history.poll({ reader: name, partition: this.#label(partition), isolation, begun }, { from, next }, records);
    }
    await reader.close();
    await client.close({ timeoutMs: 5000 });
  }

  async #readWhole(partition: number): Promise<FinalPartition> {
    const place = { topic: this.#topic, partition };
    const ends = { read_committed: 0, read_uncommitted: 0 };
    const lookAtEnds = async (): Promise<boolean> => {
      for (const isolationLevel of ["read_committed", "read_uncommitted"] as const) {
        const consumer = this.#client.consumer({ isolationLevel });
        ends[isolationLevel] = (await consumer.endOffsets([place]))[0]!.offset;
        await consumer.close();
      }
      return ends.read_committed === ends.read_uncommitted;
    };
    // Markers of the last transactions may still be on their way; a hanging one is for the checker to tell.
    await waitUntil("every transaction has ended", lookAtEnds, { timeoutMs: 20_000 }).catch(() => {});
    const read = async (isolation: Isolation): Promise<SeenRecord[]> => {
      const consumer = this.#consumerOf(this.#client, isolation, [partition]);
      const records: SeenRecord[] = [];
      while ((await consumer.position(place)) < ends[isolation])
        for (const batch of await consumer.poll(500)) records.push(...[...batch].map(seen));
      await consumer.close();
      return records;
    };
    return {
      partition: this.#label(partition),
      logStartOffset: 0,
      uncommitted: await read("read_uncommitted"),
      committed: await read("read_committed"),
      end: ends.read_uncommitted,
      lastStableOffset: ends.read_committed,
    };
  }

  #consumerOf(client: Client, isolationLevel: Isolation, partitions: readonly number[]): Consumer {
    const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel, fetchMaxWaitMs: 100 });
    consumer.assign(partitions.map((partition) => ({ topic: this.#topic, partition })));
    return consumer;
  }

  #label(partition: number): string {
    return `${this.#topic}:${partition}`;
  }
}

function seen({ offset, value }: { readonly offset: number; readonly value: Buffer | null }): SeenRecord {
  return { offset, value: value!.toString() };
}
