import { isDeepStrictEqual } from "node:util";
import { ErrorCode } from "@ottla/protocol";
import type { StreamsGroupTopologyValue, Subtopology, TopicInfo } from "@ottla/protocol/data/streams-group-topology-value";
import { GroupFault } from "../../consumer/group-fault.ts";

/** Every topic that a topology reads, its own ones too. */
export function requiredTopics({ subtopologies }: StreamsGroupTopologyValue): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const { sourceTopics: external, repartitionSourceTopics, stateChangelogTopics } of subtopologies) {
    for (const topic of external) topics.add(topic);
    for (const { name } of repartitionSourceTopics) topics.add(name);
    for (const { name } of stateChangelogTopics) topics.add(name);
  }
  return topics;
}

/** The sub-topology of each topic that tasks read. */
export function sourceTopics({ subtopologies }: StreamsGroupTopologyValue): ReadonlyMap<string, string> {
  const topics = new Map<string, string>();
  for (const { subtopologyId, sourceTopics: external, repartitionSourceTopics } of subtopologies) {
    for (const topic of external) topics.set(topic, subtopologyId);
    for (const { name } of repartitionSourceTopics) topics.set(name, subtopologyId);
  }
  return topics;
}

/** Every topic that is named anywhere, in the order of naming. */
export function namedTopics(subtopologies: readonly NamingSubtopology[]): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const subtopology of subtopologies) {
    for (const topic of subtopology.sourceTopics) topics.add(topic);
    for (const topic of subtopology.repartitionSinkTopics) topics.add(topic);
    for (const { name } of subtopology.repartitionSourceTopics) topics.add(name);
    for (const { name } of subtopology.stateChangelogTopics) topics.add(name);
  }
  return topics;
}

/** A sub-topology as messages and records have it, as far as its topics go. */
interface NamingSubtopology {
  readonly sourceTopics: readonly string[];
  readonly repartitionSinkTopics: readonly string[];
  readonly repartitionSourceTopics: readonly { readonly name: string }[];
  readonly stateChangelogTopics: readonly { readonly name: string }[];
}

/** Whether both mean the same, in whatever order sub-topologies are listed. */
export function isSameTopology(one: StreamsGroupTopologyValue, other: StreamsGroupTopologyValue): boolean {
  return one.epoch === other.epoch && isDeepStrictEqual(byId(one), byId(other));
}

function byId({ subtopologies }: StreamsGroupTopologyValue): Map<string, Subtopology> {
  return new Map(subtopologies.map((each) => [each.subtopologyId, each]));
}

/** What the heap keeps of a topology, about. */
export function topologyBytes({ subtopologies }: StreamsGroupTopologyValue): number {
  let bytes = 0;
  for (const { sourceTopics: external, repartitionSinkTopics, repartitionSourceTopics, stateChangelogTopics } of subtopologies) {
    bytes += 512;
    for (const name of [...external, ...repartitionSinkTopics]) bytes += 100 + 2 * name.length;
    for (const topic of [...repartitionSourceTopics, ...stateChangelogTopics]) bytes += topicBytes(topic);
  }
  return bytes;
}

function topicBytes({ name, topicConfigs }: TopicInfo): number {
  let bytes = 200 + 2 * name.length;
  for (const { key, value } of topicConfigs) bytes += 120 + 2 * (key.length + value.length);
  return bytes;
}

/**
 * Refuses what is no topology at all, where Apache Kafka fails with an unknown error: ids given twice, negative epochs, and places that are not there. STREAMS_INVALID_TOPOLOGY.
 */
export function checkTopology({ epoch, subtopologies }: StreamsGroupTopologyValue): void {
  if (epoch < 0) throw invalid("The topology's epoch must not be negative.");
  const ids = new Set<string>();
  for (const { subtopologyId, copartitionGroups, sourceTopics: external, repartitionSourceTopics, stateChangelogTopics } of subtopologies) {
    if (ids.has(subtopologyId)) throw invalid(`Subtopology ${subtopologyId} is given twice.`);
    ids.add(subtopologyId);
    for (const { name, partitions } of repartitionSourceTopics)
      if (partitions < 0) throw invalid(`Repartition topic ${name} cannot have ${partitions} partitions.`);
    for (const { name, partitions } of stateChangelogTopics)
      if (partitions !== 0)
        throw invalid(`Changelog topic ${name} must have an undefined partition count, but it is set to ${partitions}.`);
    for (const group of copartitionGroups) {
      const areThere =
        group.sourceTopics.every((at) => external[at] !== undefined) &&
        group.repartitionSourceTopics.every((at) => repartitionSourceTopics[at] !== undefined);
      if (!areThere) throw invalid(`A copartition group of subtopology ${subtopologyId} names a source topic that it does not have.`);
    }
  }
}

export function invalid(message: string): GroupFault {
  return new GroupFault(ErrorCode.STREAMS_INVALID_TOPOLOGY, message);
}
