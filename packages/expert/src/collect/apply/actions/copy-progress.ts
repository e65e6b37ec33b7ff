import type { Reassign } from "../../../plan/cluster-change.ts";
import { placeKey } from "../../../plan/kinds/by-place.ts";
import type { ObservedOf } from "../../../plan/observed.ts";
import { printBytes } from "../../../quantity/print-quantity.ts";
import type { ApplyWorld } from "../change-actions.ts";

/** How many bytes of a move are there already, by the sizes of its replicas: `3 of 12 partitions, 1.2 GB of 4.1 GB copied`. */
export async function copyProgress({ admin, signal }: ApplyWorld, { moves }: Reassign, now: ObservedOf["reassign"]): Promise<string> {
  const moved = `${moves.length - now.moving.length} of ${moves.length} partitions`;
  const moving = new Set(now.moving.map(placeKey));
  const nodes = new Set<number>();
  for (const place of now.replicas) if (moving.has(placeKey(place))) for (const node of place.replicas) nodes.add(node);
  if (nodes.size === 0) return moved;
  const sizes = new Map<string, Map<number, number>>();
  for (const { nodeId, value } of await admin.describeLogDirs([...nodes], { signal }))
    for (const { partitions } of value ?? [])
      for (const { topic, partition, sizeBytes, isFuture } of partitions) {
        const key = placeKey({ topic, partition });
        if (isFuture || !moving.has(key)) continue;
        const ofPlace = sizes.get(key) ?? new Map<number, number>();
        sizes.set(key, ofPlace.set(nodeId, sizeBytes));
      }
  let copied = 0;
  let whole = 0;
  for (const { replicas, ...place } of moves) {
    const ofPlace = sizes.get(placeKey(place));
    if (ofPlace === undefined) continue;
    const largest = Math.max(...ofPlace.values());
    for (const node of replicas) {
      whole += largest;
      copied += Math.min(largest, ofPlace.get(node) ?? 0);
    }
  }
  return `${moved}, ${printBytes(copied)} of ${printBytes(whole)} there`;
}
