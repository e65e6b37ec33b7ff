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

function isList(items: SourceItem | readonly SourceItem[]): items is readonly SourceItem[] {
  return Array.isArray(items);
}
