import { api, bodyOf } from "./api.ts";
import type { ShownBytes, ShownRecord } from "./message-stream.svelte.ts";

/** All of some bytes; see `WholeBytes` of the API. */
export interface WholeBytes {
  readonly text: string;
  readonly encoding: "text" | "base64";
}

/** A record with all of its bytes. */
export interface WholeRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: WholeBytes | null;
  readonly value: WholeBytes | null;
  readonly headers: readonly { readonly key: string; readonly value: WholeBytes | null }[];
}

/** Reads a record whole: lists show the beginning of what is long. Throws {@link ApiError}. */
export async function wholeRecord(topic: string, { partition, offset }: Pick<ShownRecord, "partition" | "offset">): Promise<WholeRecord> {
  const query = { partition: String(partition), offset: String(offset) };
  return bodyOf(api.topics[":topic"].record.$get({ param: { topic }, query } as never) as Promise<Response>) as Promise<WholeRecord>;
}

/** Whether all bytes are in what is shown. */
export function isWhole({ format, isCut, isTranslated, base64 }: ShownBytes): boolean {
  if (format === "null" || format === "empty") return true;
  return base64 !== undefined || (!isCut && isTranslated !== true && (format === "json" || format === "text"));
}

/** Whether a list shows all that a record has. */
export function isAllShown({ key, value, headers, headerCount }: ShownRecord): boolean {
  return isWhole(key) && isWhole(value) && headerCount === headers.length && headers.every(({ isExact }) => isExact);
}
