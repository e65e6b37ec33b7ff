import type { HeaderInput as WireHeader } from "@ottla/protocol/records";
import type { BytesLike } from "../bytes.ts";
import type { ProducerRecord } from "./producer-types.ts";

/** Length fields, deltas and attributes of a record, at most. */
const RECORD_OVERHEAD_BYTES = 24;
const HEADER_OVERHEAD_BYTES = 10;
const NO_HEADERS: readonly WireHeader[] = [];

export function toBytes(value: BytesLike | null | undefined): Uint8Array | null {
  if (typeof value === "string") return Buffer.from(value);
  return value ?? null;
}

export function toWireHeaders(headers: ProducerRecord["headers"]): readonly WireHeader[] {
  if (headers === undefined) return NO_HEADERS;
  const list = Array.isArray(headers) ? (headers as readonly { readonly key: string; readonly value: BytesLike | null }[]) : undefined;
  if (list) return list.map((header) => ({ key: header.key, value: toBytes(header.value) }));
  return Object.entries(headers as Readonly<Record<string, BytesLike | null>>).map(([key, value]) => ({ key, value: toBytes(value) }));
}

/** What a record takes of buffer memory: an upper bound of its bytes in a batch. */
export function recordSizeBytes(key: Uint8Array | null, value: Uint8Array | null, headers: readonly WireHeader[]): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (let i = 0; i < headers.length; i++) bytes += HEADER_OVERHEAD_BYTES + headers[i]!.key.length * 3 + (headers[i]!.value?.length ?? 0);
  return bytes;
}
