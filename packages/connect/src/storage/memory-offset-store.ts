import type { SourcePlace } from "../data/connect-record.ts";
import { KnownOffsets } from "./known-offsets.ts";
import type { OffsetStore, SourceOffset } from "./offset-store.ts";

/** Offsets that end with the process. */
export class MemoryOffsetStore implements OffsetStore {
  readonly #known = new KnownOffsets();

  start(): Promise<void> {
    return Promise.resolve();
  }

  get(connector: string, partition: SourcePlace): Promise<SourcePlace | undefined> {
    return Promise.resolve(this.#known.get(connector, partition));
  }

  list(connector: string): Promise<readonly (SourceOffset & { readonly offset: SourcePlace })[]> {
    return Promise.resolve(this.#known.list(connector));
  }

  put(connector: string, offsets: readonly SourceOffset[]): Promise<void> {
    for (const offset of offsets) this.#known.set(connector, offset);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
