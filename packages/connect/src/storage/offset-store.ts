import type { ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";

/** How far a connector has come with a part of its source; `offset` null: the part is forgotten. */
export interface SourceOffset {
  readonly partition: SourcePlace;
  readonly offset: SourcePlace | null;
}

/** Offsets of all sources of a worker. */
export interface OffsetStore {
  start(): Promise<void>;
  /** The last offset that is durable; undefined: none. */
  get(connector: string, partition: SourcePlace): Promise<SourcePlace | undefined>;
  /** All of a connector, each once. */
  list(connector: string): Promise<readonly (SourceOffset & { readonly offset: SourcePlace })[]>;
  /** Resolves when they are durable, all or none of them known to readers before. */
  put(connector: string, offsets: readonly SourceOffset[]): Promise<void>;
  /** What says offsets in the store's topic, for whoever writes them in a transaction of his own; absent where there is no topic. */
  records?(connector: string, offsets: readonly SourceOffset[]): ProducerRecord[];
  stop(): Promise<void>;
}
