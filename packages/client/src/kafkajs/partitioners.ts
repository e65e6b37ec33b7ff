import { partitionOfKey } from "@ottla/protocol/records";
import type { Message, PartitionMetadata } from "./message-types.ts";

/** What a partitioner is given. */
export interface PartitionerArgs {
  topic: string;
  partitionMetadata: PartitionMetadata[];
  message: Message;
}

/** Makes a function that chooses a partition. */
export type ICustomPartitioner = () => (args: PartitionerArgs) => number;

/** By the key's murmur2 hash as Java does it; without a key in turn, among partitions that have a leader where there are any. */
const DefaultPartitioner: ICustomPartitioner = () => byHash((key, count) => partitionOfKey(key, count));

/** As kafkajs had it before 2.0, so that keys go on to where they went: no other client puts them there. */
const LegacyPartitioner: ICustomPartitioner = () => byHash((key, count) => (legacyHash(key) & 0x7fffffff) % count);

/** The partitioners that there are. */
export const Partitioners = { DefaultPartitioner, LegacyPartitioner, JavaCompatiblePartitioner: DefaultPartitioner } as const;

function byHash(choose: (key: Buffer, count: number) => number): (args: PartitionerArgs) => number {
  const turns = new Map<string, number>();
  return ({ topic, partitionMetadata, message }) => {
    if (message.partition !== undefined && message.partition !== null) return message.partition;
    const { key } = message;
    if (key !== undefined && key !== null) return choose(Buffer.from(key as string), partitionMetadata.length);
    const turn = turns.get(topic) ?? 0;
    turns.set(topic, (turn + 1) | 0);
    const available = partitionMetadata.filter(({ leader }) => leader >= 0);
    const choice = available.length > 0 ? available : partitionMetadata;
    return choice[(turn >>> 0) % choice.length]!.partitionId;
  };
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * What kafkajs 1 took for murmur2: products are those of floating point, where the hash has those of 32 bits, and the bytes of an incomplete last word are mixed in
 * twice.
 */
function legacyHash(key: Buffer): number {
  const byte = (at: number): number => key[at] ?? 0;
  let hash = SEED ^ key.length;
  for (let at = 0; at < key.length; at += 4) {
    let word = byte(at) + (byte(at + 1) << 8) + (byte(at + 2) << 16) + (byte(at + 3) << 24);
    word *= M;
    word ^= word >>> 24;
    word *= M;
    hash = (hash * M) ^ word;
  }
  const rest = key.length % 4;
  const tail = key.length - rest;
  if (rest === 3) hash ^= byte(tail + 2) << 16;
  if (rest >= 2) hash ^= byte(tail + 1) << 8;
  if (rest >= 1) hash = (hash ^ byte(tail)) * M;
  hash ^= hash >>> 13;
  hash *= M;
  return hash ^ (hash >>> 15);
}
