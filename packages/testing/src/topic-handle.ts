import { AssertionError } from "node:assert";
import type { Client, Producer, ProducerRecord, RecordMetadata } from "@ottla/client";
import type { ControlledBroker } from "@ottla/broker/controlled";
import { type ReadOptions, readTopic } from "./read-topic.ts";
import { TestingError } from "./testing-error.ts";
import { differenceOf, type ExpectedRecord, missingOf, shown, type TopicRecord } from "./topic-record.ts";
import type { WaitOptions, Waits } from "./waits.ts";
import { checkName, wholeNumber } from "./argument-checks.ts";
import { checkExpected, checkExpectOptions, checkNewRecords, checkReadOptions, checkTopicOptions } from "./record-checks.ts";

/** A record to produce; a text or null alone is the value. */
export type NewRecord = string | null | Omit<ProducerRecord, "topic">;

/** How a topic is to be. */
export interface TopicOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Default: one on each virtual broker, at most three. */
  readonly replicationFactor?: number;
  /** In Kafka's names: `{ "cleanup.policy": "compact" }`. */
  readonly configs?: Readonly<Record<string, string>>;
  /** What lies in it from the start. */
  readonly records?: readonly NewRecord[];
}

/** What is expected, and how it is read. */
export interface ExpectOptions extends ReadOptions, WaitOptions {}

/** One topic. */
export class TopicHandle {
  readonly name: string;
  readonly #client: () => Client;
  readonly #producer: () => Producer;
  readonly #broker: ControlledBroker;
  readonly #waits: Waits;

  /** @internal */
  constructor(
    name: string,
    parts: { readonly client: () => Client; readonly producer: () => Producer; readonly broker: ControlledBroker; readonly waits: Waits },
  ) {
    checkName("the name of a topic", name);
    this.name = name;
    this.#client = parts.client;
    this.#producer = parts.producer;
    this.#broker = parts.broker;
    this.#waits = parts.waits;
  }

  /** Creates it. Rejects with the broker's `KafkaError`. */
  async create(options: number | TopicOptions = {}): Promise<void> {
    checkTopicOptions("create: options", options);
    const { records = [] } = typeof options === "number" ? {} : options;
    await this.#broker.createTopics([topicOrder(this.name, options)]);
    if (records.length > 0) await this.produce(records);
  }

  /** Whether the broker knows it. */
  exists(): boolean {
    return this.#broker.state.metadata.topic(this.name) !== undefined;
  }

  /** Puts records in, in order. Resolves when all are acknowledged. */
  async produce(records: readonly NewRecord[]): Promise<readonly RecordMetadata[]> {
    checkNewRecords("produce: records", records);
    const full = records.map((record) => ({
      topic: this.name,
      ...(typeof record === "string" || record === null ? { value: record } : record),
    }));
    return this.#producer().send(full);
  }

  /** Every record that it has now: partition after partition, oldest first. */
  async records(options: ReadOptions = {}): Promise<readonly TopicRecord[]> {
    checkReadOptions("records: options", options);
    return readTopic(this.#client(), this.name, options);
  }

  /**
   * Waits until it has exactly these records; in each partition in this order. Of a record, what is given must be equal. Rejects with an `AssertionError` that has what was there and what was
   * expected, so that test runners show the difference.
   */
  async has(expected: readonly ExpectedRecord[], options: ExpectOptions = {}): Promise<readonly TopicRecord[]> {
    checkExpected("has: expected", expected);
    checkExpectOptions("has: options", options);
    return this.#expect(`to have exactly ${counted(expected.length)}`, expected, options, (records) => differenceOf(records, expected));
  }

  /** As {@link TopicHandle.has}, with others beside them, in any order. */
  async includes(expected: readonly ExpectedRecord[], options: ExpectOptions = {}): Promise<readonly TopicRecord[]> {
    checkExpected("includes: expected", expected);
    checkExpectOptions("includes: options", options);
    return this.#expect(`to include ${counted(expected.length)}`, expected, options, (records) => {
      const missing = missingOf(records, expected);
      return missing.length === 0
        ? undefined
        : `${missing.length} of ${expected.length} are not there, the first ${shown(missing[0]!)}; there are ${counted(records.length)}`;
    });
  }

  /** The node that leads a partition; undefined while nobody can. Throws `NO_SUCH_PARTITION`. */
  leader(partition = 0): number | undefined {
    wholeNumber(0)("leader: partition", partition);
    return this.#broker.leaderOf(this.name, partition);
  }

  /** Makes a virtual broker lead a partition, whether it has a replica or not; clients find out by NOT_LEADER_OR_FOLLOWER. */
  async moveLeader(nodeId: number, partition = 0): Promise<void> {
    wholeNumber(0)("moveLeader: partition", partition);
    return this.#broker.moveLeader(this.name, partition, nodeId);
  }

  async #expect(
    what: string,
    expected: readonly ExpectedRecord[],
    { withinMs, ...read }: ExpectOptions,
    difference: (records: readonly TopicRecord[]) => string | undefined,
  ): Promise<readonly TopicRecord[]> {
    let last: readonly TopicRecord[] = [];
    try {
      return await this.#waits.until(
        `topic "${this.name}" ${what}`,
        async () => {
          last = await this.records(read);
          const seen = difference(last);
          return seen === undefined ? { found: last } : { seen };
        },
        withinMs === undefined ? {} : { withinMs },
      );
    } catch (error) {
      if (!(error instanceof TestingError) || error.code !== "WAITED_TOO_LONG") throw error;
      const { message } = error;
      throw new AssertionError({
        message,
        actual: last.map((record) => asExpected(record, expected)),
        expected,
        operator: "deepStrictEqual",
        stackStartFn: this.has,
      });
    }
  }
}

type TopicOrder = Parameters<ControlledBroker["createTopics"]>[0][number];

/** A topic as the broker plans it. */
export function topicOrder(name: string, options: number | TopicOptions): TopicOrder {
  const { partitions = 1, replicationFactor = -1, configs = {} } = typeof options === "number" ? { partitions: options } : options;
  return {
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

/** A record with the fields that were asked about, so that a difference shows what matters. */
function asExpected(record: TopicRecord, expected: readonly ExpectedRecord[]): unknown {
  if (expected.every((each) => typeof each === "string" || each === null)) return record.value;
  const fields = new Set(expected.flatMap((each) => (typeof each === "string" || each === null ? ["value"] : Object.keys(each))));
  return Object.fromEntries(Object.entries(record).filter(([field]) => fields.has(field)));
}

function counted(records: number): string {
  return `${records} record${records === 1 ? "" : "s"}`;
}
