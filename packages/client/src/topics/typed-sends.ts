import { lifetimeOf } from "../lifetime.ts";
import { checkFunction, checkOptional, checkSignalOnly, invalid } from "../options/argument-checks.ts";
import { type Preparation, type Preparer, preparerOf } from "../producer/preparations.ts";
import type { BatchReport, DeliveryCallback, ProducerRecord, RecordMetadata, SendOptions } from "../producer/record-types.ts";
import type { Transaction } from "../producer/transactions/transaction-api.ts";
import { EncodeLine } from "./encode-line.ts";
import type { RecordToSend, TypedSends } from "./topic-types.ts";

/** What an encoder makes of a record. */
export type Encode<Key, Value> = (record: RecordToSend<Key, Value>) => ProducerRecord | Promise<ProducerRecord>;

/** What takes encoded records: a producer or a transaction. */
export type RawSends = Pick<Transaction, "send" | "sendBatch" | "enqueue">;

export interface EncodingOptions {
  /** A failure that nobody listens to is told by the commit, so it must not end the process. */
  readonly isToldByCommit?: boolean;
}

/** A serde would not have it. */
class Refused {
  readonly error: Error;

  constructor(error: Error) {
    this.error = error;
  }
}

type Encoded = ProducerRecord | Refused;

/**
 * See {@link TypedSends}. While no serde is asynchronous a record goes to the producer within the call; else the producer knows that it is to come. What a serde refuses is told
 * to the producer, so that it fails the transaction and the next flush as any other record that cannot be delivered.
 */
export class EncodingSends<Key, Value> implements TypedSends<Key, Value> {
  protected readonly line = new EncodeLine();
  readonly #raw: RawSends;
  readonly #encode: Encode<Key, Value>;
  readonly #preparer: Preparer;
  readonly #isToldByCommit: boolean;

  constructor(raw: RawSends, encode: Encode<Key, Value>, { isToldByCommit = false }: EncodingOptions = {}) {
    this.#raw = raw;
    this.#encode = encode;
    this.#preparer = preparerOf(raw);
    this.#isToldByCommit = isToldByCommit;
  }

  send(record: RecordToSend<Key, Value>, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<RecordMetadata[]>;
  send(
    input: RecordToSend<Key, Value> | readonly RecordToSend<Key, Value>[],
    options?: SendOptions,
  ): Promise<RecordMetadata | RecordMetadata[]> {
    const outcome = Array.isArray(input)
      ? this.#sendAll(input as readonly RecordToSend<Key, Value>[], options)
      : this.#sendOne(input as RecordToSend<Key, Value>, options);
    if (this.#isToldByCommit) outcome.catch(() => {});
    return outcome;
  }

  async sendBatch(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<BatchReport> {
    this.checkUsable();
    if (!Array.isArray(records)) throw invalid("sendBatch: records", records, "a list of records");
    checkSignalOnly("sendBatch", options);
    // Not `map`: it would pass over the holes.
    const encoded = Array.from(records as readonly RecordToSend<Key, Value>[], (record) => this.#tryEncode(record));
    if (!this.line.isBusy && !encoded.some((each) => each instanceof Promise)) return this.#sendEncoded(encoded as Encoded[], options);
    const all = Promise.all(encoded.map((each) => Promise.resolve(each)));
    return this.#inLine(all, options?.signal, async (list, preparation) => {
      try {
        return await preparation.handOn(() => this.#sendEncoded(list, options));
      } catch (error) {
        return { acknowledged: 0, failed: list.length, error: error as Error };
      }
    });
  }

  enqueue(record: RecordToSend<Key, Value>, onDelivery?: DeliveryCallback): Promise<void> | undefined {
    this.checkUsable();
    checkOptional("enqueue: onDelivery", onDelivery, checkFunction);
    const encoded = this.#tryEncode(record);
    if (!this.line.isBusy && !(encoded instanceof Promise)) {
      if (!(encoded instanceof Refused)) return this.#raw.enqueue(encoded, onDelivery);
      this.#preparer.refuse(encoded.error, onDelivery);
      return undefined;
    }
    return this.#inLine(encoded, undefined, (one, preparation) => {
      if (one instanceof Refused) return preparation.fail(one.error, onDelivery);
      try {
        return preparation.handOn(() => this.#raw.enqueue(one, onDelivery));
      } catch (error) {
        onDelivery?.(error as Error, undefined);
        return undefined;
      }
    });
  }

  /** Throws when nothing may be sent any more. */
  protected checkUsable(): void {}

  /** Rejects as soon as the caller's signal comes. */
  protected bounded<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) return promise;
    return new Promise((resolve, reject) => {
      const forget = lifetimeOf(signal).onEnd(reject);
      promise.then(resolve, reject).finally(forget);
    });
  }

  async #sendOne(record: RecordToSend<Key, Value>, options: SendOptions | undefined): Promise<RecordMetadata> {
    this.checkUsable();
    checkSignalOnly("send", options);
    const encoded = this.#tryEncode(record);
    if (!this.line.isBusy && !(encoded instanceof Promise)) {
      if (encoded instanceof Refused) return rejectedBy((told) => this.#preparer.refuse(encoded.error, told));
      return this.#raw.send(encoded, options);
    }
    return this.#inLine(encoded, options?.signal, (one, preparation) =>
      one instanceof Refused
        ? rejectedBy((told) => preparation.fail(one.error, told))
        : preparation.handOn(() => this.#raw.send(one, options)),
    );
  }

  async #sendAll(records: readonly RecordToSend<Key, Value>[], options: SendOptions | undefined): Promise<RecordMetadata[]> {
    const outcomes = await Promise.allSettled(Array.from(records, (each) => this.#sendOne(each, options)));
    return outcomes.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  async #sendEncoded(list: readonly Encoded[], options: SendOptions | undefined): Promise<BatchReport> {
    const refusals = list.filter((each) => each instanceof Refused);
    const told = refusals.map(({ error }) => rejectedBy((tell) => this.#preparer.refuse(error, tell)));
    const outcomes = Promise.allSettled(told);
    const report = await this.#raw.sendBatch(
      list.filter((each): each is ProducerRecord => !(each instanceof Refused)),
      options,
    );
    const [first] = await outcomes;
    if (first?.status !== "rejected") return report;
    return { ...report, failed: report.failed + refusals.length, error: first.reason as Error };
  }

  #inLine<Thing, Result>(
    thing: Thing | Promise<Thing>,
    signal: AbortSignal | undefined,
    handOn: (thing: Thing, preparation: Preparation) => Result | Promise<Result>,
  ): Promise<Result> {
    this.line.checkRoom();
    const preparation = this.#preparer.begin();
    return this.bounded(
      this.line.join(thing, (ready) => handOn(ready, preparation)),
      signal,
    );
  }

  #tryEncode(record: RecordToSend<Key, Value>): Encoded | Promise<Encoded> {
    const refused = (error: unknown): Refused => new Refused(error as Error);
    try {
      const encoded = this.#encode(record);
      return encoded instanceof Promise ? encoded.catch(refused) : encoded;
    } catch (error) {
      return refused(error);
    }
  }
}

/** Rejects with the error that is told. */
function rejectedBy(refuse: (told: DeliveryCallback) => void): Promise<never> {
  return new Promise((_, reject) => refuse((error) => reject(error!)));
}
