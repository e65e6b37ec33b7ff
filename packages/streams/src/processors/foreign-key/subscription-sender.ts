import type { Headers } from "../../record.ts";
import { lending } from "../../serdes/lent-bytes.ts";
import { Hash, murmur3 } from "../../serdes/murmur3.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import { compareBytes } from "../../stores/bytes/compare-bytes.ts";
import type { Change } from "../change.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import { Instruction, Subscription } from "./subscription.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** What the left side of a foreign-key join is made with. */
export interface SubscriptionSenderOptions {
  readonly foreignKeyOf: (value: unknown, key: unknown) => unknown;
  readonly foreignKey: AnySerde;
  readonly value: AnySerde;
  /** The topic of subscriptions; the ones by whose names serdes are called begin with its name. */
  readonly topicOf: (applicationId: string) => string;
  readonly isLeft: boolean;
}

/**
 * Turns changes of the left table into subscriptions: away from the old foreign key, to the new one. An inner join counts entries without a foreign key as dropped, and takes back what
 * they had; a left join subscribes them to null, which answers with null.
 */
export class SubscriptionSender extends Operator {
  readonly #options: SubscriptionSenderOptions;
  readonly #isVersioned: () => boolean;
  readonly #value: AnySerde;
  readonly #oldForeignKey: AnySerde;
  readonly #newForeignKey: AnySerde;
  readonly #hash = new Hash();
  readonly #subscription = new Subscription<unknown>(null, Instruction.deleteKeyNoPropagate, null, null);
  #context!: OperatorContext;
  #foreignKeyTopic = "";
  #valueHashTopic = "";

  constructor(options: SubscriptionSenderOptions, isVersioned: () => boolean) {
    super();
    this.#options = options;
    this.#isVersioned = isVersioned;
    this.#value = lending(options.value);
    // Compared with each other, so neither may write where the other did.
    this.#oldForeignKey = lending(options.foreignKey);
    this.#newForeignKey = lending(options.foreignKey);
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    const topic = this.#options.topicOf(context.applicationId);
    this.#foreignKeyTopic = `${topic}-fk`;
    this.#valueHashTopic = `${topic}-vh`;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const change = value as Change;
    if (this.#isVersioned() && !change.isLatest) {
      this.#context.dropped("out of order");
      return;
    }
    const { newValue } = change;
    const oldKey = this.#foreignKeyOf(change.oldValue, key);
    const newKey = this.#foreignKeyOf(newValue, key);
    const hash = newValue === null ? null : this.#hash;
    if (hash !== null) murmur3(writtenBytes(this.#value.serialize(this.#valueHashTopic, newValue, headers)), hash);
    const moves = oldKey !== null && this.#differs(oldKey, newKey, headers);
    if (this.#options.isLeft) {
      if (newValue === null && change.oldValue === null) return;
      if (moves) this.#send(oldKey, key, hash, Instruction.deleteKeyNoPropagate, timestamp, headers);
      this.#send(newKey, key, hash, Instruction.propagateNullIfNoForeignValue, timestamp, headers);
      return;
    }
    if (newKey === null) {
      if (newValue !== null) this.#context.dropped("null foreign key");
      if (oldKey !== null) this.#send(oldKey, key, hash, Instruction.deleteKeyAndPropagate, timestamp, headers);
      return;
    }
    if (moves) this.#send(oldKey, key, hash, Instruction.deleteKeyNoPropagate, timestamp, headers);
    const instruction = moves ? Instruction.propagateNullIfNoForeignValue : Instruction.propagateOnlyIfForeignValue;
    this.#send(newKey, key, hash, instruction, timestamp, headers);
  }

  #foreignKeyOf(value: unknown, key: unknown): unknown {
    return value === null ? null : (this.#options.foreignKeyOf(value, key) ?? null);
  }

  #differs(a: unknown, b: unknown, headers: Headers): boolean {
    if (b === null) return true;
    const topic = this.#foreignKeyTopic;
    return (
      compareBytes(
        writtenBytes(this.#oldForeignKey.serialize(topic, a, headers)),
        writtenBytes(this.#newForeignKey.serialize(topic, b, headers)),
      ) !== 0
    );
  }

  #send(foreignKey: unknown, primaryKey: unknown, hash: Hash | null, instruction: Instruction, timestamp: number, headers: Headers): void {
    const subscription = this.#subscription;
    subscription.hash = hash;
    subscription.instruction = instruction;
    subscription.primaryKey = primaryKey;
    subscription.primaryPartition = this.#context.record.partition;
    this.forward(foreignKey, subscription, timestamp, headers);
  }
}
