import { printableJson } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { SourceRecord } from "../data/connect-record.ts";
import type { SourceEvent, SourceItem } from "../plugin/source-plugin.ts";

/** What a source yields as the record that goes through its connector. */
export function sourceRecord(event: SourceEvent): SourceRecord {
  return {
    topic: event.topic,
    partition: event.topicPartition,
    key: event.key ?? null,
    keySchema: event.keySchema,
    value: event.value,
    valueSchema: event.valueSchema,
    headers: event.headers ?? [],
    timestampMs: event.timestampMs,
    sourcePartition: event.partition,
    sourceOffset: event.offset,
  };
}

/** A source yields items alone or in batches. */
export function itemsOf(items: SourceItem | readonly SourceItem[]): readonly SourceItem[] {
  return isList(items) ? items : [items];
}

/** Whether a source yielded what a source yields, as far as nobody behind looks at it. */
export function isItem(item: SourceItem): boolean {
  return typeof item === "object" && item !== null && isObject(item.partition) && isObject(item.offset);
}

/** What to say of an item that is none. */
export function wrongItem(item: unknown): ConnectError {
  const lacks = isObject(item) ? ["partition", "offset"].filter((name) => !isObject((item as Record<string, unknown>)[name])) : [];
  const what =
    lacks.length > 0
      ? `an item whose ${lacks.join(" and ")} is no object`
      : item === undefined
        ? "undefined"
        : printableJson(item).slice(0, 100);
  return new ConnectError(
    "CONNECT_SOURCE",
    `The source yielded ${what}; it yields { topic, value, partition, offset }, or a list of such.`,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isList(items: SourceItem | readonly SourceItem[]): items is readonly SourceItem[] {
  return Array.isArray(items);
}
