import type { Headers } from "../../record.ts";
import { lending } from "../../serdes/lent-bytes.ts";
import { Hash, murmur3 } from "../../serdes/murmur3.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import type { ValueGetter } from "../tables/table-supplier.ts";
import type { SubscriptionResponse } from "./subscription.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** What the end of a foreign-key join is made with. */
export interface ResponseResolverOptions {
  readonly value: AnySerde;
  /** The topic of subscriptions; the one by whose name the serde is called begins with its name. */
  readonly topicOf: (applicationId: string) => string;
  readonly joiner: (own: unknown, other: unknown, key: unknown) => unknown;
  readonly isLeft: boolean;
}

/** Joins answers with the left values they are for; answers for a value that has changed since are stale. */
export class ResponseResolver extends Operator {
  override readonly forwardsLast = true;
  readonly #options: ResponseResolverOptions;
  readonly #table: ValueGetter;
  readonly #value: AnySerde;
  /** Of the left value that there is now. */
  readonly #hash = new Hash();
  #context!: OperatorContext;
  #valueHashTopic = "";

  constructor(options: ResponseResolverOptions, table: ValueGetter) {
    super();
    this.#options = options;
    this.#table = table;
    this.#value = lending(options.value);
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#valueHashTopic = `${this.#options.topicOf(context.applicationId)}-vh`;
    this.#table.init(context);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { hash, foreignValue } = value as SubscriptionResponse<unknown>;
    const { joiner, isLeft } = this.#options;
    const found = this.#table.get(key);
    if (!this.#isFor(hash, found === null ? null : found.value, headers)) {
      this.#context.dropped("stale response");
      return;
    }
    const isJoined = foreignValue !== null || (isLeft && found !== null);
    this.forward(key, isJoined ? (joiner(found === null ? null : found.value, foreignValue, key) ?? null) : null, timestamp, headers);
  }

  #isFor(hash: Hash | null, value: unknown, headers: Headers): boolean {
    if (value === null || hash === null) return value === null && hash === null;
    murmur3(writtenBytes(this.#value.serialize(this.#valueHashTopic, value, headers)), this.#hash);
    return this.#hash.equals(hash);
  }
}
