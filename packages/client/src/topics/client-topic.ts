import type { Producer, ProducerOptions } from "../producer/producer-types.ts";
import type { Transaction } from "../producer/transactions/transaction-api.ts";
import type {
  AnySerde,
  InputOf,
  ReadBy,
  TopicDefinition,
  TypedConsumer,
  TypedConsumerOptions,
  TypedProducer,
  TypedSends,
} from "./topic-types.ts";
import type { ShareReadBy, TypedShareConsumer, TypedShareConsumerOptions } from "./typed-share-types.ts";

/** A typed topic of one client. */
export interface Topic<Name extends string, Key extends AnySerde, Value extends AnySerde> extends TopicDefinition<Name, Key, Value> {
  /** With options a producer of its own, with a producer one that shares it and leaves it open. */
  producer(options?: ProducerOptions | Producer): TypedProducer<InputOf<Key>, InputOf<Value>>;
  /** Sends with a transaction, for the function that `Producer.transaction` runs: `await orders.within(transaction).send(order)`. */
  within(transaction: Transaction): TypedSends<InputOf<Key>, InputOf<Value>>;
  consumer<const Options extends TypedConsumerOptions>(
    options?: Options,
  ): TypedConsumer<ReadBy<TopicDefinition<Name, Key, Value>, Options>>;
  /** A member of a share group, subscribed to the topic. */
  shareConsumer<const Options extends TypedShareConsumerOptions>(
    options: Options,
  ): TypedShareConsumer<ShareReadBy<TopicDefinition<Name, Key, Value>, Options>>;
}
