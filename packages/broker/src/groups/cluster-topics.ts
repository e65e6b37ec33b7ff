import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { CatalogTopic, TopicCatalog } from "./consumer/topic-catalog.ts";

/** More changes than one start of a broker sees. */
const CHANGES_PER_START = 2 ** 32;

/** The topics of the cluster's metadata, and how often they changed. */
export class ClusterTopics implements TopicCatalog {
  readonly #metadata: ClusterMetadata;
  #changes = 0;
  #createdAt = 0;

  constructor(metadata: ClusterMetadata) {
    this.#metadata = metadata;
  }

  get revision(): number {
    return this.#metadata.startEpoch * CHANGES_PER_START + this.#changes;
  }

  get createdRevision(): number {
    return this.#metadata.startEpoch * CHANGES_PER_START + this.#createdAt;
  }

  byName(name: string): CatalogTopic | undefined {
    return this.#metadata.topic(name);
  }

  byId(topicId: string): CatalogTopic | undefined {
    return this.#metadata.topicById(topicId);
  }

  all(): Iterable<CatalogTopic> {
    return this.#metadata.topics();
  }

  /** Follows one change of metadata, after it was applied. */
  follow({ kind }: MetadataRecord): void {
    if (kind !== "topic" && kind !== "partitions" && kind !== "topic-deleted") return;
    this.#changes++;
    if (kind === "topic") this.#createdAt = this.#changes;
  }
}
