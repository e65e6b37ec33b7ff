import { silentLogger } from "@ottla/base";
import type { ConnectSchema, SinkRecord, SinkTask } from "@ottla/connect";
import { s3Sink } from "@ottla/connect/s3";
import { configValues } from "../postgres/source-config.ts";

/** A task of the sink with these properties. */
export async function openS3Task(properties: Readonly<Record<string, string>>): Promise<SinkTask> {
  return s3Sink.open(configValues(s3Sink.config, properties), {
    connector: "lake",
    taskNumber: 0,
    signal: new AbortController().signal,
    log: silentLogger,
    seek: () => {},
  });
}

/** A record of a topic's partition. */
export function recordAt(
  offset: number,
  value: unknown,
  rest: {
    readonly schema?: ConnectSchema;
    readonly timestampMs?: number;
    readonly topic?: string;
    readonly partition?: number;
    readonly key?: unknown;
    readonly keySchema?: ConnectSchema;
    readonly headers?: SinkRecord["headers"];
  } = {},
): SinkRecord {
  const { schema, timestampMs = 1_700_000_000_000 + offset, topic = "orders", partition = 0, key = null, keySchema, headers = [] } = rest;
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key,
    keySchema,
    value,
    valueSchema: schema,
    headers,
    timestampMs,
    timestampType: "createTime",
    originalTopic: topic,
    originalPartition: partition,
    originalOffset: BigInt(offset),
  };
}
