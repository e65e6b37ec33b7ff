import type { ConsumerRecord } from "@ottla/client";
import { jsonOf } from "@ottla/serdes";
import { type Decoded, decodeBytes, SHOWN_CHARS_MAX } from "./decode-bytes.ts";
import { isCoordinatorTopic, readCoordinatorRecord, type ReadPart } from "./internal/coordinator-record.ts";
import type { DecodedRecord } from "./record-filter.ts";

/** Key and value for what they are: a coordinator's by Kafka's own schemas, others by themselves. What a registry's schemas wrote is marked, and read elsewhere. Pure; never throws. */
export function decodeRecord(record: ConsumerRecord): DecodedRecord {
  const decoded = { record, key: decodeBytes(record.key), value: decodeBytes(record.value) };
  if (!isCoordinatorTopic(record.topic)) return decoded;
  const { key, value } = readCoordinatorRecord(record.topic, record.key, record.value);
  return {
    record,
    key: asRead(decoded.key, key),
    value: asRead(decoded.value, value),
    readValues: { key: fieldsOf(key), value: fieldsOf(value) },
  };
}

function asRead(part: Decoded, read: ReadPart | undefined): Decoded {
  if (read === undefined) return part;
  if ("error" in read) return { ...part, why: `it should be a coordinator's, but ${read.error}` };
  const { unknownTaggedFields: _, ...fields } = read.fields;
  const text = jsonOf({ [read.name]: fields });
  return {
    ...part,
    format: "kafka",
    why: `Kafka's own ${read.name}, version ${read.version}`,
    text: text.slice(0, SHOWN_CHARS_MAX),
    isCut: text.length > SHOWN_CHARS_MAX,
  };
}

function fieldsOf(read: ReadPart | undefined): unknown {
  return read !== undefined && "fields" in read ? read.fields : undefined;
}
