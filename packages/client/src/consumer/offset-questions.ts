import type { OffsetSpec } from "../admin/admin-types.ts";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { fetchCommitted } from "../offsets/committed-offsets.ts";
import { listOffsets } from "../offsets/list-offsets.ts";
import type { CallOptions } from "../options/call-options.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { OffsetAndMetadata } from "./consumer-types.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";

type Located = TopicPartition & { readonly offset: number | undefined; readonly timestamp: number | undefined };

/** The questions about offsets that a consumer answers without touching its own positions. The first partition's error rejects. */
export class OffsetQuestions {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: ResolvedConsumerOptions;

  constructor(cluster: Cluster, lane: Lane, options: ResolvedConsumerOptions) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
  }

  async committed(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<(TopicPartition & { readonly committed: OffsetAndMetadata | undefined })[]> {
    const { groupId } = this.#options;
    if (groupId === undefined) throw new ClientError("INVALID_ARGUMENT", "committed needs a groupId; give the consumer one.");
    const results = await fetchCommitted(this.#cluster, this.#lane, groupId, partitions, this.#cluster.limit(options));
    const byPartition = new Map(results.map((each) => [partitionKey(each.topic, each.partition), each]));
    return partitions.map(({ topic, partition }) => {
      const found = byPartition.get(partitionKey(topic, partition));
      if (found?.error) throw found.error;
      return { topic, partition, committed: found?.value };
    });
  }

  async at(queries: readonly (TopicPartition & { readonly spec: OffsetSpec })[], options?: CallOptions): Promise<Located[]> {
    const results = await listOffsets(this.#cluster, this.#lane, queries, this.#options.isolationLevel, this.#cluster.limit(options));
    return results.map(({ topic, partition, error, value }) => {
      if (error) throw error;
      return { topic, partition, offset: value.offset, timestamp: value.timestamp };
    });
  }

  async ends(
    partitions: readonly TopicPartition[],
    spec: "earliest" | "latest",
    options?: CallOptions,
  ): Promise<(TopicPartition & { readonly offset: number })[]> {
    const queries = partitions.map(({ topic, partition }) => ({ topic, partition, spec }));
    const located = await this.at(queries, options);
    return located.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset ?? 0 }));
  }
}
