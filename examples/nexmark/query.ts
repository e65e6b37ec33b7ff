import type { Deserializer, RawInput, StreamsBuilder } from "@ottla/streams";
import type { NexmarkEvent } from "./events.ts";

/** Where all queries write. */
export const RESULTS = "results";

/** A question of the suite: a topology that answers it, and what the answer must be. */
export interface Query<K, V> {
  readonly asks: string;
  readonly reads: readonly NexmarkEvent["kind"][];
  readonly key: Deserializer<K>;
  readonly value: Deserializer<V>;
  /** A table's topic is compared by what each key has in the end, a stream's record for record. */
  readonly result: "table" | "stream";
  /** Records of other topics, which are there before any event. */
  loads?(): Iterable<RawInput & { readonly topic: string }>;
  build(b: StreamsBuilder): void;
}
