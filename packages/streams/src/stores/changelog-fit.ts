import { noHeaders } from "../record.ts";
import type { ChangelogSink } from "./store-builder.ts";

/** Smaller ones are taken by any producer. */
const LARGE_BYTES = 16 * 1024;

/** Whether an entry is so large that its changelog is to be asked. */
export function isLarge(key: Uint8Array, value: Uint8Array | null): boolean {
  return key.length + (value === null ? 0 : value.length) > LARGE_BYTES;
}

/** Throws `STREAMS_WRITE` for what the changelog would refuse for its size, before anything has changed: a store that has it would be ahead of its changelog, also where its node's failures are passed over. */
export function checkFits(changelog: ChangelogSink, key: Uint8Array, value: Uint8Array | null): void {
  changelog.check?.(key, value, noHeaders);
}
