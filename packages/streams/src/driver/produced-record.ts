import type { Headers } from "../record.ts";

/** A record that a topology wrote to a topic: sink, repartition topic or changelog. */
export interface ProducedRecord {
  readonly topic: string;
  /** Undefined: the producer would choose it by the key's bytes. */
  readonly partition: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Null: it has none of its own, and its producer's clock would tell it. */
  readonly timestamp: number | null;
  readonly headers: Headers;
}
