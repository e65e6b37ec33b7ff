import { printable } from "@ottla/base";
import type { ConnectRecord } from "../data/connect-record.ts";

/** A record after each transform that it met, by the transform's name; null: that one dropped it. */
export type PreviewedSteps = readonly { readonly transform: string; readonly record: unknown }[];

/** The steps of a pipeline, for people. */
export function shownSteps(steps: readonly { readonly name: string; readonly record: ConnectRecord | undefined }[]): PreviewedSteps {
  return steps.map(({ name, record }) => ({ transform: name, record: record === undefined ? null : shownRecord(record) }));
}

/** A record without what it has not. */
export function shownRecord({ topic, partition, key, value, headers, timestampMs }: ConnectRecord): object {
  return {
    topic,
    ...(partition !== undefined && { partition }),
    ...(key !== null && { key }),
    value,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers.map((header) => [header.key, header.value])) }),
    ...(timestampMs !== undefined && { timestampMs }),
  };
}

/** Text where it is text, else bytes in base64. */
export function shownBytes(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  try {
    return printable(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return `base64:${Buffer.from(bytes).toString("base64")}`;
  }
}

/** What was wrong, in its own words. */
export function saidOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
