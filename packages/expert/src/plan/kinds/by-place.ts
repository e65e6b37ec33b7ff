import type { PartitionPlace } from "../cluster-change.ts";

/** A partition as the key of a map. */
export function placeKey({ topic, partition }: PartitionPlace): string {
  return `${topic}-${partition}`;
}

/** What is known of partitions, found by their places: a plan may have tens of thousands, and each is looked for. */
export function byPlace<Known extends PartitionPlace>(known: readonly Known[]): { find(place: PartitionPlace): Known | undefined } {
  const found = new Map<string, Known>();
  for (const each of known) {
    const key = placeKey(each);
    if (!found.has(key)) found.set(key, each);
  }
  return { find: (place) => found.get(placeKey(place)) };
}
