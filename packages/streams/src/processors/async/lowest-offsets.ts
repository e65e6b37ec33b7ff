/** A record of an input that is not done. */
interface Held {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The first record of a partition that is not done: what may be committed at most. */
export interface LowestOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Of each partition the lowest offset that is not done, in the order in which partitions appear. Partitions without such are not in it: all that was taken of them may be committed. */
export function lowestOffsets(held: Iterable<Held | undefined>): LowestOffset[] {
  const lowest = new Map<string, LowestOffset>();
  for (const record of held) {
    if (record === undefined) continue;
    const { topic, partition, offset } = record;
    const name = `${topic}-${partition}`;
    const known = lowest.get(name);
    if (known === undefined || offset < known.offset) lowest.set(name, { topic, partition, offset });
  }
  return [...lowest.values()];
}
