import { StoreQueryError } from "./store-query-error.ts";
import type { RowPlace } from "./store-query.ts";

/** Where a page ended: in which partition, behind which row; null: before its first. */
export interface PageEnd {
  readonly partition: number;
  readonly after: RowPlace | null;
}

/** As text for users: opaque, and good for an URL. */
export function tokenOf({ partition, after }: PageEnd): string {
  const place = after === null ? [] : [Buffer.from(after.key).toString("base64url"), after.startMs, after.endMs];
  return Buffer.from(JSON.stringify([partition, ...place])).toString("base64url");
}

/** Throws `STREAMS_BAD_ARGUMENT` for what no page gave. */
export function endOf(token: string): PageEnd {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(String(token), "base64url").toString());
  } catch {
    parts = undefined;
  }
  if (Array.isArray(parts) && Number.isSafeInteger(parts[0])) {
    const [partition, key, startMs, endMs] = parts as [number, unknown, unknown, unknown];
    if (parts.length === 1) return { partition, after: null };
    if (parts.length === 4 && typeof key === "string" && Number.isSafeInteger(startMs) && Number.isSafeInteger(endMs))
      return { partition, after: { key: Buffer.from(key, "base64url"), startMs: startMs as number, endMs: endMs as number } };
  }
  throw new StoreQueryError("STREAMS_BAD_ARGUMENT", `"${String(token).slice(0, 100)}" is not what a page called next.`);
}
