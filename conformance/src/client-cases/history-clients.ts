import { createInterface } from "node:readline";
import { type Client, ClientError, KafkaError, type Producer } from "@ottla/client";
import type { Isolation, SeenRecord } from "../history/history.ts";
import { startJavaDriver } from "../kafka/java-tool.ts";
import type { Child } from "../process/child.ts";

/** A producer of transactions in a workload, of whichever client. */
export interface Transactor {
  begin(): Promise<void>;
  /** Resolves with the offset, −1 when it is not known. */
  send(partition: number, value: string): Promise<number>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** False: as a process that dies. */
  close(isOrderly: boolean): Promise<void>;
}

/** What a poll of one partition gave. */
export interface PolledPartition {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
  readonly records: readonly SeenRecord[];
}

/** A reader of all partitions in a workload. */
export interface HistoryReader {
  poll(): Promise<readonly PolledPartition[]>;
  close(): Promise<void>;
}

/** Whether a transaction that failed with this can be aborted, and the producer goes on. */
export function isAbortable(error: unknown): boolean {
  return (error instanceof ClientError && error.abortable) || (error instanceof JavaRefusal && error.isAbortable);
}

/** Whether it is sure that a record that failed with this was not written. */
export function isSurelyNotWritten(error: unknown): boolean {
  return (error instanceof ClientError || error instanceof KafkaError) && !error.possiblyWritten;
}

/** One of our producers. */
export function ourTransactor(producer: Producer, topic: string): Transactor {
  return {
    begin: () => producer.begin(),
    send: async (partition, value) => (await producer.send({ topic, partition, value })).offset,
    commit: () => producer.commit(),
    abort: () => producer.abort(),
    close: (isOrderly) => producer.close(isOrderly ? {} : { timeoutMs: 0 }),
  };
}

/** One of our readers, of partitions 0 to `partitions` − 1. */
export function ourReader(client: Client, topic: string, isolationLevel: Isolation, partitions: number): HistoryReader {
  const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel, fetchMaxWaitMs: 100 });
  consumer.assign(Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
  return {
    async poll() {
      const batches = await consumer.poll(100);
      return batches.map((batch) => ({
        partition: batch.partition,
        from: batch.startOffset,
        next: batch.nextOffset,
        records: [...batch].map(({ offset, value }) => ({ offset, value: value!.toString() })),
      }));
    },
    close: () => consumer.close({ timeoutMs: 5000 }),
  };
}

/** Java's producer said no. */
class JavaRefusal extends Error {
  override readonly name = "JavaRefusal";
  readonly isAbortable: boolean;

  constructor(message: string, isAbortable: boolean) {
    super(message);
    this.isAbortable = isAbortable;
  }
}

/** A process with one of Java's clients: one order at a time, and lines that come by themselves. */
class JavaProcess {
  readonly #child: Child;
  readonly #onLine: (words: readonly string[]) => void;
  #answer: PromiseWithResolvers<void> | undefined;
  #end: Error | undefined;

  private constructor(child: Child, onLine: (words: readonly string[]) => void) {
    this.#child = child;
    this.#onLine = onLine;
    createInterface({ input: child.process.stdout! }).on("line", (line) => this.#read(line));
    void child.exited.then((status) => {
      this.#end = new JavaRefusal(`Java's client ended (${status}): ${child.outputTail().slice(-2000)}`, false);
      this.#answer?.reject(this.#end);
    });
  }

  static async start(args: readonly string[], onLine: (words: readonly string[]) => void): Promise<JavaProcess> {
    return new JavaProcess(await startJavaDriver("HistoryClient", args), onLine);
  }

  tell(order: string): void {
    this.#child.process.stdin!.write(`${order}\n`, () => {});
  }

  async ask(order: string): Promise<void> {
    if (this.#end) throw this.#end;
    this.#answer = Promise.withResolvers();
    this.tell(order);
    await this.#answer.promise.finally(() => (this.#answer = undefined));
  }

  async close(isOrderly: boolean): Promise<void> {
    if (isOrderly) this.#child.process.stdin!.end();
    else await this.#child.kill();
    await this.#child.exited;
  }

  #read(line: string): void {
    const [verb, kind] = line.split(" ");
    if (verb === "done") this.#answer?.resolve();
    else if (verb === "failed") this.#answer?.reject(new JavaRefusal(line, kind === "abortable"));
    else this.#onLine(line.split(" "));
  }
}

/** One of Java's producers, in a process of its own. */
export async function javaTransactor(bootstrap: string, topic: string, transactionalId: string): Promise<Transactor> {
  const waiting = new Map<string, PromiseWithResolvers<number>>();
  const java = await JavaProcess.start([bootstrap, topic, "producer", transactionalId], ([verb, value = "", offset]) => {
    const one = waiting.get(value);
    waiting.delete(value);
    if (verb === "sent") one?.resolve(Number(offset));
    else if (verb === "unsent") one?.reject(new JavaRefusal(`${value} was not acknowledged`, true));
  });
  return {
    begin: () => java.ask("begin"),
    send(partition, value) {
      const one = Promise.withResolvers<number>();
      waiting.set(value, one);
      java.tell(`send ${partition} ${value}`);
      return one.promise;
    },
    commit: () => java.ask("commit"),
    abort: () => java.ask("abort"),
    async close(isOrderly) {
      await java.close(isOrderly);
      for (const one of waiting.values()) one.reject(new JavaRefusal("its producer is gone", false));
    },
  };
}

/** One of Java's readers. */
export async function javaReader(bootstrap: string, topic: string, isolation: Isolation, partitions: number): Promise<HistoryReader> {
  let polled: (PolledPartition & { readonly records: SeenRecord[] })[] = [];
  const java = await JavaProcess.start([bootstrap, topic, "consumer", isolation, String(partitions)], ([verb, partition, a, b]) => {
    if (verb === "read") polled.push({ partition: Number(partition), from: Number(a), next: Number(b), records: [] });
    else if (verb === "record") polled.at(-1)?.records.push({ offset: Number(a), value: b! });
  });
  return {
    async poll() {
      polled = [];
      await java.ask("poll");
      return polled;
    },
    close: () => java.close(true),
  };
}
