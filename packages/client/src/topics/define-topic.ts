import { ClientError } from "../client-error.ts";
import type { ConsumerRecord } from "../consumer/consumer-types.ts";
import { checkFunction, checkObject, checkOptions, checkTopic, invalid } from "../options/argument-checks.ts";
import type { BytesLike } from "../bytes.ts";
import type { HeaderInput, ProducerRecord } from "../producer/record-types.ts";
import { RecordDecodeError } from "./record-decode-error.ts";
import { checkSerde, type HeadersToSend, type Serde, type SerdeContext } from "./serde.ts";
import type { AnySerde, RawSerde, TopicDefinition, TopicSerdes } from "./topic-types.ts";
import { messageOf } from "../thrown.ts";

const rawSerde: Serde<unknown> = { isNullable: true, serialize: (value) => value as Buffer, deserialize: (bytes) => bytes };

/**
 * Says once what the keys and values of a topic are. Throws `ClientError` INVALID_ARGUMENT.
 *
 * `const orders = defineTopic("orders", { key: string(), value: json<Order>() });`
 */
export function defineTopic<const Name extends string, Key extends AnySerde = RawSerde, Value extends AnySerde = RawSerde>(
  name: Name,
  serdes: TopicSerdes<Key, Value> = {},
): TopicDefinition<Name, Key, Value> {
  checkTopic("defineTopic: name", name);
  checkOptions("defineTopic", serdes, { key: checkSerde, value: checkSerde });
  const keys = new FieldCodec(serdes.key ?? rawSerde, { topic: name, field: "key" });
  const values = new FieldCodec(serdes.value ?? rawSerde, { topic: name, field: "value" });
  const definition: TopicDefinition<string, Serde<unknown>, Serde<unknown>> = {
    name,
    serdes: { key: keys.serde, value: values.serde },
    encode(record) {
      if (typeof record !== "object" || record === null) throw invalid(`A record for ${name}`, record, "an object with a value");
      const added = new AddedHeaders();
      const key = keys.encode(record.key, added);
      const value = besides(key, () => values.encode(record.value, added));
      const { partition, timestamp } = record;
      const encoded = (keyBytes: Written, valueBytes: Written): ProducerRecord => ({
        topic: name,
        key: keyBytes,
        value: valueBytes,
        headers: added.behind(record.headers),
        partition,
        timestamp,
      });
      if (!(key instanceof Promise) && !(value instanceof Promise)) return encoded(key, value);
      return Promise.all([key, value]).then(([keyBytes, valueBytes]) => encoded(keyBytes, valueBytes));
    },
    decode(record) {
      if (typeof record !== "object" || record === null) throw invalid(`A record of ${name}`, record, "an object with key and value");
      const key = keys.decode(record, record.key);
      const value = besides(key, () => values.decode(record, record.value));
      const { partition, offset, timestamp, headers, leaderEpoch } = record;
      const decoded = (keyRead: unknown, valueRead: unknown) => ({
        topic: name,
        partition,
        offset,
        timestamp,
        key: keyRead,
        value: valueRead,
        headers,
        leaderEpoch,
        error: undefined,
        raw: record,
      });
      if (!(key instanceof Promise) && !(value instanceof Promise)) return decoded(key, value);
      return Promise.all([key, value]).then(([keyRead, valueRead]) => decoded(keyRead, valueRead));
    },
  };
  return definition as unknown as TopicDefinition<Name, Key, Value>;
}

/** The second of two: when it throws, nobody waits for the first one any more. */
function besides<T>(first: unknown, second: () => T): T {
  try {
    return second();
  } catch (error) {
    if (first instanceof Promise) first.catch(() => {});
    throw error;
  }
}

/** What the serdes of a record add to its headers. */
class AddedHeaders implements HeadersToSend {
  #added: HeaderInput[] | undefined;

  set(key: string, value: Buffer): void {
    (this.#added ??= []).push({ key, value });
  }

  behind(given: ProducerRecord["headers"]): ProducerRecord["headers"] {
    if (this.#added === undefined) return given;
    const names = new Set(this.#added.map(({ key }) => key));
    const own = Array.isArray(given)
      ? (given as readonly HeaderInput[])
      : Object.entries((given ?? {}) as Readonly<Record<string, BytesLike | null>>).map(([key, value]) => ({ key, value }));
    return [...own.filter(({ key }) => !names.has(key)), ...this.#added];
  }
}

type Written = ProducerRecord["value"];

/** Throws `ClientError` INVALID_ARGUMENT where the value is no definition of a topic. */
export function checkDefinition(subject: string, value: unknown): void {
  const { name, encode, decode } = checkObject(subject, value);
  checkTopic(`${subject}.name`, name);
  checkFunction(`${subject}.encode`, encode);
  checkFunction(`${subject}.decode`, decode);
}

/** One field of a topic's records: its serde, and errors that say which field it was. */
class FieldCodec {
  readonly serde: Serde<unknown>;
  readonly #context: SerdeContext;

  constructor(serde: Serde<unknown>, context: SerdeContext) {
    this.serde = serde;
    this.#context = context;
  }

  encode(value: unknown, headers: HeadersToSend): Written | Promise<Written> {
    try {
      if (value == null && this.serde.isNullable) return null;
      if (value == null) throw new TypeError(`It is ${String(value)}; a serde made by nullable() takes null.`);
      const written = this.serde.serialize(value, this.#context, headers);
      return written instanceof Promise ? written.catch((cause: unknown) => Promise.reject(this.#unencodable(cause))) : written;
    } catch (cause) {
      throw this.#unencodable(cause);
    }
  }

  decode(record: ConsumerRecord, bytes: Buffer | null): unknown {
    const { field } = this.#context;
    try {
      if (bytes === null && this.serde.isNullable) return null;
      if (bytes === null) throw new TypeError("It is null; a serde made by nullable() reads null.");
      const read = this.serde.deserialize(bytes, this.#context, record.headers);
      if (!(read instanceof Promise)) return read;
      return read.catch((cause: unknown) => Promise.reject(new RecordDecodeError(record, field, cause)));
    } catch (cause) {
      throw new RecordDecodeError(record, field, cause);
    }
  }

  #unencodable(cause: unknown): ClientError {
    const { field, topic } = this.#context;
    const reason = messageOf(cause);
    return new ClientError("UNENCODABLE_RECORD", `A ${field} for ${topic} cannot be encoded: ${reason}`, { cause, subject: field });
  }
}
