import { OttlaError } from "@ottla/base";
import {
  type Client,
  ClientError,
  type Consumer,
  type ConsumerBatch,
  type ConsumerOptions,
  consumerOptionsFromProperties,
  type TopicPartition,
} from "@ottla/client";
import { ByteOutput } from "../../byte-output.ts";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { checkOffsetsThere, findStartOffsets, parseStartPosition, type StartPosition } from "../../offset-positions.ts";
import { endsInTime } from "../../signal-grace.ts";
import { unknownPartition, unknownTopic } from "../../unknown-resources.ts";
import { type ConsumeLimits, reportShortfall } from "./consume-limits.ts";
import { checkShareSelection, consumeShared } from "./consume-shared.ts";
import { RecordPrinter } from "./record-printer.ts";

const POLL_MS = 500;
/** How soon a broker says that there is nothing more, where that is what is waited for. */
const END_WAIT_MS = 20;
const COMMIT_EVERY_MS = 5000;

export const consume: RunCommand = (context) => {
  const { options, positionals } = context;
  const printer = new RecordPrinter(context);
  const start = startPosition(context);
  const limits: ConsumeLimits = {
    maxMessages: options.integer("max-messages") ?? Infinity,
    timeoutMs: options.integer("timeout-ms", 1) ?? Infinity,
    exitAtEnd: options.has("exit-at-end"),
  };
  const shareGroup = options.text("share-group");
  if (shareGroup !== undefined) {
    checkShareSelection(context);
    return withClient(context, (client) => consumeShared(context, client, shareGroup, positionals, printer, limits), "inTime");
  }
  const settings = consumerSettings(context, start);
  checkSelection(context);
  return withClient(
    context,
    async (client) => {
      const partitions = await selectPartitions(client, positionals, options.integers("partition"));
      const session = new ConsumeSession(context, client.consumer(settings), printer, limits);
      return session.run(async (consumer) => {
        if (settings.groupId !== undefined) return session.subscribe(positionals);
        const offsets = await findStartOffsets(client.admin(), partitions, start);
        if (start.kind === "offset") await checkOffsetsThere(client.admin(), partitions, offsets);
        consumer.assign(partitions);
        partitions.forEach((partition, i) => consumer.seek(partition, offsets[i]!));
      });
    },
    "inTime",
  );
};

/** Reads, prints, and commits what was printed. */
class ConsumeSession {
  readonly #context: CommandContext;
  readonly #consumer: Consumer;
  readonly #printer: RecordPrinter;
  readonly #limits: ConsumeLimits;
  readonly #output: ByteOutput;
  /** By topic and partition: where the group is to go on. */
  readonly #printed = new Map<string, TopicPartition & { readonly offset: number }>();
  #count = 0;

  constructor(context: CommandContext, consumer: Consumer, printer: RecordPrinter, limits: ConsumeLimits) {
    this.#context = context;
    this.#consumer = consumer;
    this.#printer = printer;
    this.#limits = limits;
    this.#output = new ByteOutput(context);
  }

  subscribe(topics: readonly string[]): void {
    this.#consumer.subscribe(topics, {
      onRevoked: () => this.#commit(),
      onLost: () => this.#printed.clear(),
    });
  }

  async run(begin: (consumer: Consumer) => Promise<void> | void): Promise<0 | 1> {
    const { signal } = this.#context;
    const wake = (): void => this.#consumer.wakeup();
    signal.addEventListener("abort", wake);
    try {
      if (!signal.aborted) await begin(this.#consumer);
      const isTimedOut = await this.#read();
      const isShort = isTimedOut && reportShortfall(this.#context, this.#count, this.#limits);
      return this.#printer.reportUnreadable() || isShort ? 1 : 0;
    } catch (error) {
      throw explained(error);
    } finally {
      signal.removeEventListener("abort", wake);
      const isInOrder = await endsInTime(
        this.#commit().then(() => this.#consumer.close()),
        signal,
      );
      if (!isInOrder && this.#context.options.has("group"))
        this.#context.stderr.write("ottla: No broker took the last commit in time; the group may read its last records again.\n");
    }
  }

  /** Reads until a limit is reached; tells whether that was the time. */
  async #read(): Promise<boolean> {
    const { signal } = this.#context;
    const { maxMessages, timeoutMs, exitAtEnd } = this.#limits;
    let lastRecordMs = performance.now();
    let committedMs = lastRecordMs;
    while (!signal.aborted && this.#count < maxMessages) {
      const idleMs = performance.now() - lastRecordMs;
      if (idleMs >= timeoutMs) return true;
      const batches = await this.#poll(Math.min(POLL_MS, timeoutMs - idleMs));
      for (const batch of batches) await this.#print(batch);
      await this.#output.flush();
      if (batches.length > 0) lastRecordMs = performance.now();
      if (exitAtEnd && this.#isAtEnd()) return false;
      if (performance.now() - committedMs >= COMMIT_EVERY_MS) {
        await this.#commit();
        committedMs = performance.now();
      }
    }
    return false;
  }

  async #poll(timeoutMs: number): Promise<readonly ConsumerBatch[]> {
    try {
      return await this.#consumer.poll(timeoutMs);
    } catch (error) {
      if (error instanceof ClientError && error.code === "WOKEN_UP") return [];
      throw error;
    }
  }

  async #print(batch: ConsumerBatch): Promise<void> {
    const { topic, partition } = batch;
    for (const record of batch) {
      if (this.#count >= this.#limits.maxMessages || this.#context.signal.aborted) return;
      for (const piece of await this.#printer.print(record)) this.#output.add(piece);
      this.#count++;
      this.#printed.set(`${topic} ${partition}`, { topic, partition, offset: record.offset + 1 });
      await this.#output.flushIfFull();
    }
    // Behind the records may be some that are not shown, such as the marker of a transaction.
    this.#printed.set(`${topic} ${partition}`, { topic, partition, offset: batch.nextOffset });
  }

  #isAtEnd(): boolean {
    const assigned = this.#consumer.assignment();
    return assigned.length > 0 && assigned.every((partition) => this.#consumer.currentLag(partition) === 0);
  }

  async #commit(): Promise<void> {
    if (!this.#context.options.has("group") || this.#printed.size === 0) return;
    const offsets = [...this.#printed.values()];
    this.#printed.clear();
    try {
      await this.#consumer.commit(offsets);
    } catch (error) {
      if (!(error instanceof ClientError && error.code === "COMMIT_FAILED")) throw error;
      this.#context.stderr.write("ottla: The group went on without this member; another one will read its last records again.\n");
    }
  }
}

function startPosition({ options }: CommandContext): StartPosition {
  const offset = options.text("offset");
  if (offset !== undefined && options.has("from-beginning"))
    throw new UsageError("--offset and --from-beginning both say where to start; give one of them.");
  // Whoever wants to stop at the end wants to see what is there.
  return parseStartPosition(offset ?? (options.has("from-beginning") || options.has("exit-at-end") ? "earliest" : "latest"));
}

function checkSelection({ options, positionals }: CommandContext): void {
  if (options.has("partition") && options.has("group"))
    throw new UsageError("--partition and --group exclude each other: a group shares out the partitions by itself.");
  if (options.has("offset") && options.has("group"))
    throw new UsageError('A group goes on from its committed offsets; move them with "ottla offsets reset", or leave out --offset.');
  if (options.has("partition") && positionals.length > 1) throw new UsageError("--partition is for one topic; name only one.");
}

async function selectPartitions(client: Client, topics: readonly string[], only: readonly number[]): Promise<TopicPartition[]> {
  const found: TopicPartition[] = [];
  for (const { name, error, value } of await client.admin().describeTopics(topics)) {
    if (error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(name);
    if (error) throw error;
    const numbers = value.partitions.map(({ partition }) => partition);
    const unknown = only.find((partition) => !numbers.includes(partition));
    if (unknown !== undefined) throw unknownPartition(name, unknown, numbers.length);
    for (const partition of only.length > 0 ? only : numbers) found.push({ topic: name, partition });
  }
  return found;
}

function consumerSettings(context: CommandContext, start: StartPosition): ConsumerOptions {
  const { options } = context;
  const groupId = options.text("group");
  const isolationLevel = options.text("isolation-level") as ConsumerOptions["isolationLevel"];
  const properties = consumerOptionsFromProperties(clientProperties(context, "consumer"));
  const isFromStart = start.kind === "spec" && start.spec === "earliest";
  return {
    allowAutoCreateTopics: false,
    ...(options.has("exit-at-end") && { fetchMaxWaitMs: END_WAIT_MS }),
    ...properties,
    optionNames: { ...properties.optionNames, groupId: "--group" },
    ...(isolationLevel && { isolationLevel }),
    groupId,
    enableAutoCommit: false,
    autoOffsetReset: groupId === undefined ? "none" : isFromStart ? "earliest" : "latest",
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof ClientError && error.code === "NO_OFFSET")) return error;
  // What a program would do about it is of no use on a command line.
  const what = error.message.replace(/, and \S+ is "none"; seek to an offset\.$/, ".");
  return new OttlaError("NO_OFFSET", `${what} "ottla offsets list TOPIC" shows which offsets there are.`, { cause: error });
}
