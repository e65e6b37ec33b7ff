import type { MarkPlace, MarkRule } from "@ottla/protocol/records";
import type { SchemaDemand } from "../config/topic-limits.ts";
import type { SchemaIndex, SchemaMark } from "./schema-index.ts";

const ID_MAGIC = 0;
const ID_BYTES = 5;
const GUID_MAGIC = 1;
const GUID_BYTES = 17;
const SHOWN_BYTES = 8;

type Part = "key" | "value";

/** The beginning of subjects' names that must be counted before {@link schemaRule} of this topic; undefined where none must. */
export function prefixOf(topic: string, { key, value }: SchemaDemand): string | undefined {
  return key === "topic-record" || value === "topic-record" ? `${topic}-` : undefined;
}

/**
 * What a topic with schema validation asks of each record: that key and value, unless they are null, carry the id or the GUID of a schema that is registered under the right subject. A header
 * (`__key_schema_id`, `__value_schema_id`) goes before the first bytes of the payload.
 */
export function schemaRule(topic: string, demand: SchemaDemand, index: SchemaIndex): MarkRule {
  const key = demand.key === undefined ? undefined : partRule(topic, "key", demand.key, index);
  const value = demand.value === undefined ? undefined : partRule(topic, "value", demand.value, index);
  return ({ bytes, key: keyAt, value: valueAt, keyHeader, valueHeader }) =>
    key?.(bytes, keyAt, keyHeader) ?? value?.(bytes, valueAt, valueHeader);
}

function partRule(
  topic: string,
  part: Part,
  strategy: NonNullable<SchemaDemand[Part]>,
  index: SchemaIndex,
): (bytes: Buffer, payload: MarkPlace, header: MarkPlace) => string | undefined {
  const subject = `${topic}-${part}`;
  const prefix = `${topic}-`;
  const isRight = (mark: SchemaMark): boolean => {
    switch (strategy) {
      case "topic":
        return index.isUnder(subject, mark);
      case "record":
        return index.isKnown(mark);
      case "topic-record":
        return index.isUnderPrefix(prefix, mark);
    }
  };
  const under = { topic: `under the subject "${subject}"`, record: "under any subject", "topic-record": `under a subject "${prefix}…"` }[
    strategy
  ];
  return (bytes, payload, header) => {
    // A tombstone has no schema.
    if (payload.length < 0) return undefined;
    const mark = header.length < 0 ? markAt(bytes, payload, payload.length) : markIn(bytes, header);
    if (mark === undefined) return unmarked(part, header.length < 0 ? payload : header, bytes, header.length >= 0);
    if (isRight(mark)) return undefined;
    const named = typeof mark === "number" ? `the id ${mark}` : `the GUID ${guidText(mark)}`;
    const elsewhere = strategy !== "record" && index.isKnown(mark) ? "is registered, but not" : "is not registered";
    return `The ${part} names a schema by ${named}, which ${elsewhere} ${under}; register it there first.`;
  };
}

/** A header has nothing behind its mark. */
function markIn(bytes: Buffer, header: MarkPlace): SchemaMark | undefined {
  return header.length === ID_BYTES || header.length === GUID_BYTES ? markAt(bytes, header, header.length) : undefined;
}

function markAt(bytes: Buffer, { start }: MarkPlace, length: number): SchemaMark | undefined {
  if (length >= ID_BYTES && bytes[start] === ID_MAGIC) return bytes.readInt32BE(start + 1);
  if (length >= GUID_BYTES && bytes[start] === GUID_MAGIC) return bytes.toString("latin1", start + 1, start + GUID_BYTES);
  return undefined;
}

function unmarked(part: Part, { start, length }: MarkPlace, bytes: Buffer, isHeader: boolean): string {
  const begins = length <= 0 ? "it is empty" : `it begins with ${bytes.toString("hex", start, start + Math.min(length, SHOWN_BYTES))}`;
  return isHeader
    ? `The header __${part}_schema_id holds neither an id nor a GUID of a schema (${begins}).`
    : `The ${part} carries no schema id (${begins}), and the topic takes only what was serialised with a registered schema.`;
}

function guidText(mark: string): string {
  const hex = Buffer.from(mark, "latin1").toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
