/** A topic as groups need to know it. */
export interface CatalogTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: { readonly length: number };
}

/** The topics of the cluster as they are now. */
export interface TopicCatalog {
  /** A higher number after each change of topics, over restarts too. */
  readonly revision: number;
  /** The revision since which no topic was created. */
  readonly createdRevision: number;
  byName(name: string): CatalogTopic | undefined;
  byId(topicId: string): CatalogTopic | undefined;
  /** Every topic, in order of creation. */
  all(): Iterable<CatalogTopic>;
}

const TWO_20 = 2 ** 20;
const TWO_32 = 2 ** 32;
const TWO_52 = 2 ** 52;

/**
 * What the log keeps of the subscribed topics, so that a change is noticed: 52 bits over name, id and partition count of each that exists, in whatever order they
 * are named. 0 when there is none. (Kafka keeps XXH3 here, and only ever compares it with what it computes itself.)
 */
export function metadataHash(names: Iterable<string>, topics: TopicCatalog): number {
  let sum = 0;
  for (const name of names) {
    const topic = topics.byName(name);
    if (topic !== undefined) sum = (sum + topicHash(topic)) % TWO_52;
  }
  return sum;
}

function topicHash({ name, topicId, partitions }: CatalogTopic): number {
  let high = 0x811c9dc5;
  let low = 0x01000193 ^ partitions.length;
  for (const text of [topicId, name]) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x85ebca6b) ^ (low >>> 13);
    }
  }
  high = Math.imul(high ^ (high >>> 15) ^ low, 0x2c1b3c6d);
  low = Math.imul(low ^ (low >>> 16) ^ high, 0x297a2d39);
  return ((high >>> 0) % TWO_20) * TWO_32 + ((low ^ (low >>> 15)) >>> 0);
}
