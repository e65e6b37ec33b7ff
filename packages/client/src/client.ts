import type { Admin } from "./admin/admin-types.ts";
import { checkedAdmin } from "./admin/checked-admin.ts";
import { makeAdmin } from "./admin/kafka-admin.ts";
import { Cluster } from "./cluster/cluster.ts";
import { ClientError } from "./client-error.ts";
import { CheckedConsumer } from "./consumer/checked-consumer.ts";
import { KafkaConsumer } from "./consumer/kafka-consumer.ts";
import type { Consumer, ConsumerOptions } from "./consumer/consumer-types.ts";
import type { RunTools } from "./consumer/run/record-mover.ts";
import { type ClientDeps, resolveDeps } from "./deps.ts";
import { lifetimeOf } from "./lifetime.ts";
import {
  type ClientOptionsByName,
  type ConsumerProperties,
  type ProducerProperties,
  readClientOptions,
  readConsumerOptions,
  readProducerOptions,
  readShareConsumerOptions,
  type ShareConsumerOptionsByName,
} from "./options/property-options.ts";
import { checkOptions, checkTimeout } from "./options/argument-checks.ts";
import { resolveClientOptions } from "./options/resolve-client-options.ts";
import { KafkaProducer } from "./producer/kafka-producer.ts";
import type { Producer, ProducerOptions } from "./producer/producer-types.ts";
import { CheckedShareConsumer } from "./share/checked-share-consumer.ts";
import { KafkaShareConsumer } from "./share/kafka-share-consumer.ts";
import type { ShareConsumer } from "./share/share-types.ts";
import type { Topic } from "./topics/client-topic.ts";
import { checkDefinition, defineTopic } from "./topics/define-topic.ts";
import { makeTopic, makeTypedConsumer, makeTypedShareConsumer } from "./topics/make-topic.ts";
import type {
  AnySerde,
  AnyTopic,
  RawSerde,
  ReadBy,
  TopicDefinition,
  TopicSerdes,
  TypedConsumer,
  TypedConsumerOptions,
} from "./topics/topic-types.ts";
import type { ShareReadBy, TypedShareConsumer, TypedShareConsumerOptions } from "./topics/typed-share-types.ts";

/** One program's way to a cluster. What it makes shares metadata and goes with it. */
export interface Client extends AsyncDisposable {
  admin(): Admin;
  /** Options by our names or by Kafka's: `lingerMs` or `"linger.ms"`. */
  producer(options?: ProducerOptions & ProducerProperties): Producer;
  consumer(options?: ConsumerOptions & ConsumerProperties): Consumer;
  /** A member of a share group: a queue that many consumers work off together (KIP-932). */
  shareConsumer(options: ShareConsumerOptionsByName): ShareConsumer;
  /** A topic with the types of its keys and values, for producers and consumers that are typed end to end. See `defineTopic`. */
  topic<const Name extends string, Key extends AnySerde = RawSerde, Value extends AnySerde = RawSerde>(
    name: Name,
    serdes?: TopicSerdes<Key, Value>,
  ): Topic<Name, Key, Value>;
  topic<Name extends string, Key extends AnySerde, Value extends AnySerde>(
    definition: TopicDefinition<Name, Key, Value>,
  ): Topic<Name, Key, Value>;
  /** One consumer of several typed topics; `record.topic` tells what a record holds. */
  topicsConsumer<const Topics extends readonly AnyTopic[], const Options extends TypedConsumerOptions>(
    topics: Topics,
    options?: Options,
  ): TypedConsumer<ReadBy<Topics[number], Options>>;
  /** As {@link topicsConsumer}, as a member of a share group. */
  topicsShareConsumer<const Topics extends readonly AnyTopic[], const Options extends TypedShareConsumerOptions>(
    topics: Topics,
    options: Options,
  ): TypedShareConsumer<ShareReadBy<Topics[number], Options>>;
  /**
   * Closes all that it made, each in its own time, then itself. `timeoutMs` is the time they have in all; 0 lets go of everything at once. Twice
   * is fine; a second call may shorten the first one's time.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

const MOVED_BYTES_MAX = 32 * 1024 * 1024;

interface Part {
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Makes a client. Options go by our names or by Kafka's (`"bootstrap.servers"`). Nothing is connected until the first call. Throws `ClientError` INVALID_OPTION, and UNSUPPORTED on a runtime that is too old. */
export function createClient(given: ClientOptionsByName, deps?: Partial<ClientDeps>): Client {
  checkRuntime();
  const world = resolveDeps(deps);
  const { logger } = world;
  const options = readClientOptions(given, logger);
  const cluster = new Cluster(world, resolveClientOptions(options, world));
  const parts = new Set<Part>();
  let closing: Promise<void> | undefined;
  const adopt = <T extends Part>(make: (onClose: () => void) => T): T => {
    if (closing) throw closed();
    cluster.lifetime.throwIfOver();
    const part = make(() => void parts.delete(part));
    parts.add(part);
    return part;
  };
  if (options.signal) endWith(cluster, options.signal);
  // They live and end with the consumer that asks for them.
  const tools: RunTools = {
    // What was read is to be sent, however large: the topic's own limit decides.
    producer: () => new KafkaProducer(cluster, { acks: "all", idempotent: true, maxRequestSizeBytes: MOVED_BYTES_MAX }, () => {}),
    admin: () => makeAdmin(cluster, () => {}),
  };
  const client: Client = {
    // By the client they are asked of, which may be one that watches this one.
    topic(this: Client | undefined, named: string | AnyTopic, serdes?: TopicSerdes<AnySerde, AnySerde>) {
      if (typeof named !== "string") checkDefinition("topic: definition", named);
      const definition = typeof named === "string" ? defineTopic(named, serdes) : (named as TopicDefinition<string, AnySerde, AnySerde>);
      return makeTopic(this ?? client, world, definition) as never;
    },
    topicsConsumer(this: Client | undefined, topics, topicsOptions) {
      return makeTypedConsumer(this ?? client, world, topics, topicsOptions) as never;
    },
    topicsShareConsumer(this: Client | undefined, topics, topicsOptions) {
      return makeTypedShareConsumer(this ?? client, world, topics, topicsOptions) as never;
    },
    admin: () => checkedAdmin(adopt((onClose) => makeAdmin(cluster, onClose))),
    producer: (producerOptions) =>
      adopt((onClose) => new KafkaProducer(cluster, producerOptions && readProducerOptions(producerOptions, logger), onClose)),
    consumer: (consumerOptions) =>
      new CheckedConsumer(
        adopt((onClose) => new KafkaConsumer(cluster, consumerOptions && readConsumerOptions(consumerOptions, logger), onClose, tools)),
      ),
    shareConsumer: (shareOptions) =>
      new CheckedShareConsumer(
        adopt((onClose) => new KafkaShareConsumer(cluster, readShareConsumerOptions(shareOptions, logger), onClose)),
      ),
    async close(closeOptions: { readonly timeoutMs?: number } = {}) {
      checkOptions("close", closeOptions, { timeoutMs: checkTimeout });
      const { timeoutMs } = closeOptions;
      const end = () => cluster.close(closed());
      const alarm = timeoutMs === undefined || timeoutMs === 0 ? undefined : cluster.deps.clock.schedule(timeoutMs, end);
      if (timeoutMs === 0) end();
      const closingOptions = timeoutMs === undefined ? {} : { timeoutMs };
      closing ??= Promise.allSettled([...parts].map((part) => part.close(closingOptions))).then((outcomes) => {
        end();
        for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      });
      await closing.finally(() => alarm?.cancel());
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
  return client;
}

/** What is missing would else be missed in the middle of a call. */
function checkRuntime(): void {
  if (typeof Promise.withResolvers === "function") return;
  throw new ClientError(
    "UNSUPPORTED",
    `@ottla/client needs Node 22.15 or newer, or a runtime that can as much; this is ${process.version}.`,
  );
}

function endWith(cluster: Cluster, signal: AbortSignal): void {
  const forget = lifetimeOf(signal).onEnd(({ cause }) =>
    cluster.close(new ClientError("ABORTED", "The client was ended by its signal.", { cause })),
  );
  cluster.lifetime.onEnd(forget);
}

function closed(): ClientError {
  return new ClientError("CLIENT_CLOSED", "The client was closed.");
}
