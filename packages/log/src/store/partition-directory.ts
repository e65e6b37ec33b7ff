import { parseJavaProperties } from "@ottla/base";

/** A partition that is being removed: never loaded, removed at the next start at the latest. */
const DELETE_SUFFIX = "-delete";

/** A partition that no metadata names: kept for a person to look at, never loaded. */
const STRAY_SUFFIX = "-stray";

/** `orders-0`. */
export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** `orders-0.<unique>-delete`, as Kafka names it. */
export function deletedDirectoryName(topic: string, partition: number, unique: string): string {
  return `${partitionDirectoryName(topic, partition)}.${unique}${DELETE_SUFFIX}`;
}

/** `orders-0.<unique>-stray`, as Kafka names it. */
export function strayDirectoryName(topic: string, partition: number, unique: string): string {
  return `${partitionDirectoryName(topic, partition)}.${unique}${STRAY_SUFFIX}`;
}

/** The partition a directory name stands for; undefined if it stands for none. A topic name may itself end in `-0`. */
export function parsePartitionDirectory(name: string): { readonly topic: string; readonly partition: number } | undefined {
  const match = /^([a-zA-Z0-9._-]{1,249})-(0|[1-9]\d{0,9})$/.exec(name);
  return match === null ? undefined : { topic: match[1]!, partition: Number(match[2]) };
}

/** Whether a name is that of a partition on its way out. */
export function isDeletedDirectory(name: string): boolean {
  return /^[a-zA-Z0-9._-]+-\d+\.[A-Za-z0-9_-]+-delete$/.test(name);
}

/** Kafka's `partition.metadata`. */
export function encodePartitionMetadata(topicId: string): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}\n`);
}

/** The topic id; undefined when the content names none. */
export function decodePartitionMetadata(content: Buffer): string | undefined {
  return parseJavaProperties(content.toString("utf8")).get("topic_id");
}
