import { ClientError } from "../client-error.ts";
import type { ConsumerRecord } from "../consumer/record-types.ts";
import { RecordDecodeError } from "./record-decode-error.ts";
import type { AnyTopic, TypedRecord, UndecodedRecord } from "./topic-types.ts";

/** What a typed consumer reads. */
export type Read = TypedRecord<string, unknown, unknown> | UndecodedRecord<string>;

/** What becomes of a record that cannot be decoded; undefined when it is passed over. Throws to end the loop. */
export type OnUndecodable = (error: RecordDecodeError) => Read | undefined | Promise<Read | undefined>;

/** Decodes records of several topics, each by its own definition. */
export class RecordDecoder {
  readonly #topics: ReadonlyMap<string, AnyTopic>;
  readonly #onUndecodable: OnUndecodable;

  constructor(topics: ReadonlyMap<string, AnyTopic>, onUndecodable: OnUndecodable) {
    this.#topics = topics;
    this.#onUndecodable = onUndecodable;
  }

  /** Undefined when the record is to be passed over; a promise only where something is asynchronous. */
  decode(record: ConsumerRecord): Read | undefined | Promise<Read | undefined> {
    const topic = this.#topics.get(record.topic);
    if (topic === undefined)
      throw new ClientError(
        "INVALID_ARGUMENT",
        `A record of ${record.topic} was read, of which this consumer has no types; assign its topics only.`,
      );
    const undecodable = (error: unknown): Read | undefined | Promise<Read | undefined> => {
      if (!(error instanceof RecordDecodeError)) throw error;
      return this.#onUndecodable(error);
    };
    try {
      const decoded = topic.decode(record);
      return decoded instanceof Promise ? (decoded as Promise<Read>).catch(undecodable) : decoded;
    } catch (error) {
      return undecodable(error);
    }
  }
}
