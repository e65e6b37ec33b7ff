import type { Consumer, ConsumerOptions } from "../consumer/consumer-types.ts";
import type { ClientDeps } from "../deps.ts";
import { checkChoice, checkFunction, checkList, checkObject, invalid } from "../options/argument-checks.ts";
import type { Producer, ProducerOptions } from "../producer/producer-types.ts";
import type { Transaction } from "../producer/transactions/transaction-api.ts";
import type { ShareConsumer, ShareConsumerOptions } from "../share/share-types.ts";
import type { Topic } from "./client-topic.ts";
import { checkDefinition } from "./define-topic.ts";
import { DecodingConsumer } from "./typed-consumer.ts";
import { EncodingProducer } from "./typed-producer.ts";
import { DecodingShareConsumer } from "./typed-share-consumer.ts";
import type { TypedShareConsumerOptions } from "./typed-share-types.ts";
import { EncodingSends } from "./typed-sends.ts";
import type { AnySerde, AnyTopic, TopicDefinition, TypedConsumerOptions } from "./topic-types.ts";

/** What makes producers and consumers: a client. */
interface Makers {
  producer(options: ProducerOptions): Producer;
  consumer(options: ConsumerOptions): Consumer;
  shareConsumer(options: ShareConsumerOptions): ShareConsumer;
}

/** A definition together with the client that serves it. */
export function makeTopic<Name extends string, Key extends AnySerde, Value extends AnySerde>(
  client: Makers,
  deps: ClientDeps,
  definition: TopicDefinition<Name, Key, Value>,
): Topic<Name, Key, Value> {
  const topic = {
    ...definition,
    producer(given: ProducerOptions | Producer = {}) {
      checkObject("producer: options", given);
      const isShared = "enqueue" in given;
      const raw = isShared ? given : client.producer(given);
      return new EncodingProducer(raw, !isShared, definition.encode, deps.clock);
    },
    within(transaction: Transaction) {
      checkFunction("within: transaction.enqueue", checkObject("within: transaction", transaction)["enqueue"]);
      return new EncodingSends(transaction, definition.encode, { isToldByCommit: true });
    },
    consumer: (options?: TypedConsumerOptions) => makeTypedConsumer(client, deps, [definition], options),
    shareConsumer: (options: TypedShareConsumerOptions) => makeTypedShareConsumer(client, deps, [definition], options),
  };
  return topic as unknown as Topic<Name, Key, Value>;
}

/** A consumer of one or more typed topics, subscribed to them when it has a group. */
export function makeTypedConsumer(
  client: Makers,
  deps: ClientDeps,
  topics: readonly AnyTopic[],
  given: TypedConsumerOptions = {},
): DecodingConsumer {
  const { onUndecodable, listener, ...options } = checkObject("options", given) as TypedConsumerOptions;
  checkUndecodable(onUndecodable, ["throw", "skip", "raw"]);
  const byName = namesOf(topics);
  const raw: Consumer = client.consumer(options);
  if (options.groupId !== undefined) raw.subscribe([...byName.keys()], listener);
  return new DecodingConsumer(raw, byName, onUndecodable, deps.logger);
}

/** A member of a share group that works one or more typed topics off. */
export function makeTypedShareConsumer(
  client: Makers,
  deps: ClientDeps,
  topics: readonly AnyTopic[],
  given: TypedShareConsumerOptions,
): DecodingShareConsumer {
  const { onUndecodable, ...options } = checkObject("options", given) as unknown as TypedShareConsumerOptions;
  checkUndecodable(onUndecodable, ["throw", "reject", "accept", "raw"]);
  const byName = namesOf(topics);
  return new DecodingShareConsumer(client.shareConsumer({ ...options, topics: [...byName.keys()] }), byName, onUndecodable, deps.logger);
}

function checkUndecodable(choice: unknown, words: readonly string[]): void {
  if (typeof choice !== "function" && choice !== undefined) checkChoice("onUndecodable", choice, words);
}

function namesOf(topics: readonly AnyTopic[]): ReadonlyMap<string, AnyTopic> {
  checkList("topics", topics, checkDefinition);
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  if (byName.size === 0 || byName.size < topics.length) throw invalid("topics", topics, "a list of different topics, at least one");
  return byName;
}
