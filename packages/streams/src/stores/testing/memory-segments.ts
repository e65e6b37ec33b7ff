import { InMemoryKeyValue } from "../key-value/in-memory-key-value.ts";
import type { SegmentSource } from "../segments/segment-source.ts";

/** Segments that live as long as the source does. */
export function memorySegments(): SegmentSource {
  const segments = new Map<number, InMemoryKeyValue>();
  return {
    isPersistent: true,
    ids: () => [...segments.keys()].sort((a, b) => a - b),
    open(id) {
      const segment = segments.get(id) ?? new InMemoryKeyValue();
      segments.set(id, segment);
      return segment;
    },
    drop: (id) => void segments.delete(id),
  };
}
