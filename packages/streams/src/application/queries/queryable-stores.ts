import type { AnySerde } from "../../serdes/serde.ts";
import { changelogTopicName, repartitionTopicName } from "../../topology/internal-topics.ts";
import type { StorePart } from "../../topology/parts.ts";
import type { TopologyBuilder } from "../../topology/topology-builder.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import { taskCount } from "../plan/partition-counts.ts";
import { isWhole, type TopologyPlan } from "../plan/topology-plan.ts";
import { StoreQueryError } from "./store-query-error.ts";

/** The kinds of stores that can be asked. */
export type QueryableKind = "keyValue" | "window" | "session" | "versioned";

/** What is known of a store before anything runs. */
export interface QueryableStore {
  readonly name: string;
  readonly kind: QueryableKind;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /** The topic by whose name serdes are called: as by the store itself. */
  readonly topic: string;
  readonly windowSizeMs: number | undefined;
  /** Every instance has all of it. */
  readonly isGlobal: boolean;
  readonly subtopology: number;
  readonly partitionCount: number;
  /** Records come to it by Kafka's default partitioner, as far as the topology says. */
  readonly isPartitionedByKey: boolean;
}

/** The partitions that have a place of their own: −1 of a global store. */
export function partitionsOf({ isGlobal, partitionCount }: QueryableStore): number[] {
  return isGlobal ? [-1] : Array.from({ length: partitionCount }, (_, partition) => partition);
}

/** A store of that name that can be asked. Throws `STREAMS_UNKNOWN_STORE`, and `STREAMS_STORE_KIND` where it is of another kind, or of none that can be asked. */
export function storePart(name: string, topology: TopologyBuilder, kind?: QueryableKind): StorePart & { readonly kind: QueryableKind } {
  const part = topology.stores.get(name);
  if (part === undefined) {
    const others = [...topology.stores.keys()].join(", ");
    throw new StoreQueryError("STREAMS_UNKNOWN_STORE", `The topology has no state store ${name}: it has ${others || "none"}.`, {
      store: name,
    });
  }
  const { kind: its, serdes } = part.builder;
  if (its === "other" || serdes === undefined) {
    throw new StoreQueryError(
      "STREAMS_STORE_KIND",
      `Store ${name} is an operator's own, or one that a user wrote: stores by key, window, session and version can be asked.`,
      { store: name },
    );
  }
  if (kind !== undefined && its !== kind) throw wrongKind(name, its, kind);
  return { ...part, kind: its };
}

/** A question of one kind to a store of another. */
export function wrongKind(store: string, its: QueryableKind, asked: QueryableKind): StoreQueryError {
  return new StoreQueryError("STREAMS_STORE_KIND", `Store ${store} is one by ${byKind[its]}, and is asked as one by ${byKind[asked]}.`, {
    store,
  });
}

const byKind: Readonly<Record<QueryableKind, string>> = { keyValue: "key", window: "window", session: "session", versioned: "version" };

/** The store of that name, with its partitions. Throws as {@link storePart}. */
export function queryableStore(name: string, topology: TopologyBuilder, plan: TopologyPlan, counts: PartitionCounts): QueryableStore {
  const { kind, builder, isGlobal, processors, sourceTopic } = storePart(name, topology);
  const { key, value } = builder.serdes!;
  const subtopology = plan.subtopologies.find(({ nodes }) => nodes.some((node) => processors.has(node)));
  const sources = new Set(subtopology?.sourceTopics ?? []);
  const nameOf = (topic: string) => (topology.repartitionTopics.has(topic) ? repartitionTopicName(plan.applicationId, topic) : topic);
  return {
    name,
    kind,
    key,
    value,
    topic: sourceTopic ?? changelogTopicName(plan.applicationId, name),
    windowSizeMs: builder.windowSizeMs,
    isGlobal,
    subtopology: subtopology?.id ?? -1,
    partitionCount: subtopology === undefined ? 0 : taskCount(subtopology, counts, isWhole),
    isPartitionedByKey: ![...topology.parts.values()].some(
      (each) => each.kind === "sink" && each.partitioner !== undefined && typeof each.topic === "string" && sources.has(nameOf(each.topic)),
    ),
  };
}
