/** A topic id as the two halves that Java's `Uuid` computes with, each as two signed 32-bit words. */
type Words = readonly [number, number, number, number];

function wordsOf(topicId: string): Words {
  const bytes = Buffer.from(topicId, "base64url");
  return [bytes.readInt32BE(0), bytes.readInt32BE(4), bytes.readInt32BE(8), bytes.readInt32BE(12)];
}

/**
 * The topic ids in the order in which Kafka's assignor walks through them: that of a Java 17 `HashSet<Uuid>` made of this collection. The order decides which
 * partitions go to whom first, so an assignment that is to equal Kafka's must follow it. (Buckets that Java turns into trees are left out: they take eight collisions.)
 */
export function javaHashOrder(topicIds: Iterable<string>): string[] {
  const entries = Array.from(topicIds, (topicId) => ({ topicId, hash: spreadHash(wordsOf(topicId)) }));
  const mask = tableSize(entries.length) - 1;
  return entries.sort((one, other) => (one.hash & mask) - (other.hash & mask)).map(({ topicId }) => topicId);
}

function spreadHash([a, b, c, d]: Words): number {
  const hash = a ^ c ^ (b ^ d);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Of `new HashSet<>(collection)`. */
function tableSize(count: number): number {
  const wanted = Math.max(Math.floor(count / 0.75) + 1, 16);
  let size = 16;
  while (size < wanted) size *= 2;
  return size;
}

/** As Java's `Uuid.compareTo`: both halves as signed numbers. */
export function compareTopicIds(one: string, other: string): number {
  if (one === other) return 0;
  const [a, b, c, d] = wordsOf(one);
  const [e, f, g, h] = wordsOf(other);
  if (a !== e) return a < e ? -1 : 1;
  if (b !== f) return b >>> 0 < f >>> 0 ? -1 : 1;
  if (c !== g) return c < g ? -1 : 1;
  return d >>> 0 < h >>> 0 ? -1 : 1;
}
