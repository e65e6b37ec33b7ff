import { baseSequence, producerEpoch, producerId, setProducerState } from "@ottla/protocol/records";
import { idKindOf } from "./id-fields.ts";
import type { IdMap } from "./id-map.ts";

const BATCH_HEADER_BYTES = 61;

/** The request that asks our cluster for what `value` asks Kafka's: ids replaced, in batches too. */
export function translateToOurs<Value>(value: Value, ids: IdMap, field = ""): Value {
  return translated(value, ids, field) as Value;
}

function translated(value: unknown, ids: IdMap, field: string): unknown {
  if (Array.isArray(value)) return value.map((each) => translated(each, ids, field));
  if (Buffer.isBuffer(value)) return field === "records" ? translateBatch(value, ids) : value;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, translated(each, ids, name)]));
  }
  const kind = idKindOf(field);
  return kind === undefined ? value : ids.ours(kind, value);
}

function translateBatch(records: Buffer, ids: IdMap): Buffer {
  if (records.length < BATCH_HEADER_BYTES) return records;
  const kafka = producerId(records, 0);
  const ours = ids.ours("producer", kafka);
  if (ours === kafka) return records;
  const copy = Buffer.from(records);
  setProducerState(copy, 0, ours, producerEpoch(copy, 0), baseSequence(copy, 0));
  return copy;
}
