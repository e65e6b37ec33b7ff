import { noHeaders } from "../../record.ts";
import { checkFits, isLarge } from "../changelog-fit.ts";
import type { ChangelogSink } from "../store-builder.ts";
import type { FoundVersion, VersionedBytes } from "./versioned-bytes.ts";

/** Sends every put to the changelog, those that came too late as well, as Java does; the record's time is the version's. */
export class LoggedVersioned implements VersionedBytes {
  readonly #inner: VersionedBytes;
  readonly #changelog: ChangelogSink;

  constructor(inner: VersionedBytes, changelog: ChangelogSink) {
    this.#inner = inner;
    this.#changelog = changelog;
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): number | null | "notPut" {
    if (isLarge(key, value)) checkFits(this.#changelog, key, value);
    const outcome = this.#inner.put(key, value, timestamp);
    this.#changelog(key, value, timestamp, noHeaders);
    return outcome;
  }

  latest(key: Uint8Array): FoundVersion | undefined {
    return this.#inner.latest(key);
  }

  asOf(key: Uint8Array, asOfMs: number): FoundVersion | undefined {
    return this.#inner.asOf(key, asOfMs);
  }

  versions(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): FoundVersion[] {
    return this.#inner.versions(key, fromMs, toMs, isReverse);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#inner.restore(key, value, timestamp);
  }

  flush(): void {
    this.#inner.flush();
  }

  close(): void {
    this.#inner.close();
  }
}
