import type { Headers } from "../../record.ts";
import { LentMemory, lending } from "../../serdes/lent-bytes.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import { laterTime, type ReadsInto } from "../../stores/found-value.ts";
import type { TimestampedKeyValueStore } from "../../stores/store.ts";
import { Change } from "../change.ts";
import { type FanOutWalk, Operator, type OperatorContext } from "../operator.ts";
import type { ValueGetter } from "../tables/table-supplier.ts";
import { combinedKey, combinedKeyPrefix } from "./combined-key.ts";
import { Instruction, type Subscription, SubscriptionResponse } from "./subscription.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** The right side's store of subscriptions, by foreign and primary key. */
export type SubscriptionStore = TimestampedKeyValueStore<Uint8Array, Subscription<unknown>>;

/** What the right side of a foreign-key join is made with. */
export interface SubscriptionReceiverOptions {
  readonly storeName: string;
  readonly foreignKey: AnySerde;
  readonly primaryKey: AnySerde;
  /** The topic of subscriptions; the ones by whose names serdes are called begin with its name. */
  readonly topicOf: (applicationId: string) => string;
}

/** Keeps subscriptions as they come, and gives them on under their foreign keys. */
export class SubscriptionReceiver extends Operator {
  override readonly forwardsLast = true;
  readonly #options: SubscriptionReceiverOptions;
  readonly #foreignKey: AnySerde;
  readonly #primaryKey: AnySerde;
  readonly #combined = new LentMemory();
  #context!: OperatorContext;
  #store!: SubscriptionStore & ReadsInto;
  #foreignKeyTopic = "";
  #primaryKeyTopic = "";

  constructor(options: SubscriptionReceiverOptions) {
    super();
    this.#options = options;
    this.#foreignKey = lending(options.foreignKey);
    this.#primaryKey = lending(options.primaryKey);
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#store = context.store(this.#options.storeName);
    const topic = this.#options.topicOf(context.applicationId);
    this.#foreignKeyTopic = `${topic}-fk`;
    this.#primaryKeyTopic = `${topic}-pk`;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const subscription = value as Subscription<unknown>;
    const { instruction, primaryKey } = subscription;
    if (key === null) {
      if (instruction !== Instruction.propagateNullIfNoForeignValue) {
        this.#context.dropped("null foreign key");
        return;
      }
    } else {
      const foreignBytes = writtenBytes(this.#foreignKey.serialize(this.#foreignKeyTopic, key, headers));
      const primaryBytes = writtenBytes(this.#primaryKey.serialize(this.#primaryKeyTopic, primaryKey, headers));
      const at = combinedKey(foreignBytes, primaryBytes, this.#combined);
      const isEnd = instruction === Instruction.deleteKeyAndPropagate || instruction === Instruction.deleteKeyNoPropagate;
      if (isEnd) this.#store.delete(at);
      else this.#store.putWithTime(at, subscription, timestamp);
    }
    this.forward(key, subscription, timestamp, headers);
  }
}

/** Answers subscriptions with what the right table has of their foreign key. */
export class SubscriptionAnswerer extends Operator {
  override readonly forwardsLast = true;
  readonly #table: ValueGetter;
  readonly #response = new SubscriptionResponse<unknown>(null, null, null);
  #context!: OperatorContext;

  constructor(table: ValueGetter) {
    super();
    this.#table = table;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#table.init(context);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { hash, instruction, primaryKey, primaryPartition } = value as Subscription<unknown>;
    // Also for one that ends without an answer, as Java does: what a cache has to read it holds from then on, in place of something else.
    const found = key === null ? null : this.#table.get(key);
    if (instruction === Instruction.deleteKeyNoPropagate) return;
    if (found === null && instruction === Instruction.propagateOnlyIfForeignValue) {
      this.#context.unmatched();
      return;
    }
    const response = this.#response;
    response.hash = hash;
    response.foreignValue = instruction === Instruction.deleteKeyAndPropagate || found === null ? null : found.value;
    response.primaryPartition = primaryPartition;
    this.forward(primaryKey, response, found === null ? timestamp : laterTime(timestamp, found.timestamp), headers);
  }
}

/** Tells a change of the right table to all who subscribed to its key. */
export class SubscribersTeller extends Operator {
  override readonly forwardsLast = true;
  readonly #options: SubscriptionReceiverOptions;
  readonly #isVersioned: () => boolean;
  #context!: OperatorContext;
  #store!: SubscriptionStore;
  #topic = "";

  constructor(options: SubscriptionReceiverOptions, isVersioned: () => boolean) {
    super();
    this.#options = options;
    this.#isVersioned = isVersioned;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#store = context.store(this.#options.storeName);
    this.#topic = this.#options.topicOf(context.applicationId);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { newValue, oldValue, isLatest } = value as Change;
    if (key === null || (this.#isVersioned() && !isLatest)) {
      this.#context.dropped(key === null ? "null key" : "out of order");
      return;
    }
    this.#context.fanOut({
      operator: this,
      key,
      value: new Change(newValue, oldValue, isLatest),
      begin: () => this.#subscribers(key, newValue, timestamp, headers),
    });
  }

  #subscribers(key: unknown, foreignValue: unknown, timestamp: number, headers: Headers): FanOutWalk {
    const prefix = combinedKeyPrefix(writtenBytes(this.#options.foreignKey.serialize(`${this.#topic}-fk`, key, headers)));
    const found = this.#store.prefixScan(prefix);
    return {
      next: () => {
        const { done, value: row } = found.next();
        if (done === true) return false;
        const { hash, primaryKey, primaryPartition } = row[1].value;
        this.forward(primaryKey, new SubscriptionResponse(hash, foreignValue, primaryPartition), timestamp, headers);
        return true;
      },
      close: () => found[Symbol.dispose](),
    };
  }
}
