import { parseJavaProperties } from "@ottla/base";

/** A partition that is being removed: never loaded, removed at the next start at the latest. */
const DELETE_SUFFIX = "-delete";

/** A partition that no metadata names: kept for a person to look at, never loaded. */
const STRAY_SUFFIX = "-stray";

/** The longest name a file or directory may have on the common file systems, in bytes; names here are ASCII. */
const FILE_NAME_MAX = 255;

/** `orders-0`. */
export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** `orders-0.<unique>-delete`, as Kafka names it; see {@link suffixedName}. */
export function deletedDirectoryName(topic: string, partition: number, unique: string): string {
  return suffixedName(topic, partition, unique, DELETE_SUFFIX);
}

/** `orders-0.<unique>-stray`, as Kafka names it; see {@link suffixedName}. */
export function strayDirectoryName(topic: string, partition: number, unique: string): string {
  return suffixedName(topic, partition, unique, STRAY_SUFFIX);
}

/** A topic's name may be so long that nothing can be put behind it: its end is left out then, as Kafka does (KAFKA-4893). */
function suffixedName(topic: string, partition: number, unique: string, suffix: string): string {
  const end = `-${partition}.${unique}${suffix}`;
  return topic.slice(0, FILE_NAME_MAX - end.length) + end;
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

/** Whether a name is one that {@link strayDirectoryName} gives that partition. */
export function isStrayOf(topic: string, partition: number, name: string): boolean {
  const unique = /\.([A-Za-z0-9_-]+)-stray$/.exec(name)?.[1];
  return unique !== undefined && strayDirectoryName(topic, partition, unique) === name;
}

/** Kafka's `partition.metadata`. */
export function encodePartitionMetadata(topicId: string): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}\n`);
}

/** The topic id; undefined when the content names none. */
export function decodePartitionMetadata(content: Buffer): string | undefined {
  return parseJavaProperties(content.toString("utf8")).get("topic_id");
}
