import { ByteReader, MalformedBytesError } from "@ottla/base";
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, protocolMetadata } from "./classic-group.ts";

/** Names read of all members' subscriptions together: more than a group may have whose generation fits one record, and a few ms of work. */
const NAMES_MAX = 200_000;

/**
 * The topics that the members' subscriptions name, or `null` when the broker cannot know: another protocol type (whose metadata is none
 * of our business), no protocol chosen yet, bytes that are no subscription, or more names than it reads.
 */
export function subscribedTopics(group: ClassicGroup): ReadonlySet<string> | null {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return null;
  const topics = new Set<string>();
  if (group.members.size === 0) return topics;
  if (group.protocolName === null) return null;
  try {
    const { protocolName } = group;
    let namesLeft = NAMES_MAX;
    let last: Buffer | undefined;
    group.members.forEach((member) => {
      const metadata = protocolMetadata(member, protocolName);
      // Members that offer the same share it.
      if (metadata === last || namesLeft < 0) return;
      last = metadata;
      namesLeft -= addTopics(topics, metadata, namesLeft);
    });
    if (namesLeft < 0) return null;
  } catch (error) {
    if (error instanceof MalformedBytesError) return null;
    throw error;
  }
  return topics;
}

/** Reads the head that all versions share: int16 version · array of topic names. Gives how many there are, having read none if it is too many. Source: ConsumerProtocolSubscription. */
function addTopics(topics: Set<string>, metadata: Buffer, namesMax: number): number {
  const reader = new ByteReader(metadata);
  reader.skip(2);
  const count = reader.int32();
  if (count < 0) throw new MalformedBytesError(`A subscription has ${count} topics.`);
  for (let i = 0; i < count && count <= namesMax; i++) topics.add(reader.utf8(reader.int16()));
  return count;
}
