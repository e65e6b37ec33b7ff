import { ByteReader, MalformedBytesError } from "@ottla/base";
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, protocolMetadata } from "./classic-group.ts";

/**
 * The topics that the members' subscriptions name, or `null` when the broker cannot know: another protocol type (whose metadata is none
 * of our business), no protocol chosen yet, or bytes that are no subscription.
 */
export function subscribedTopics(group: ClassicGroup): ReadonlySet<string> | null {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return null;
  const topics = new Set<string>();
  if (group.members.size === 0) return topics;
  if (group.protocolName === null) return null;
  try {
    for (const member of group.members.values()) addTopics(topics, protocolMetadata(member, group.protocolName));
  } catch (error) {
    if (error instanceof MalformedBytesError) return null;
    throw error;
  }
  return topics;
}

/** Reads the head that all versions share: int16 version · array of topic names. Source: ConsumerProtocolSubscription. */
function addTopics(topics: Set<string>, metadata: Buffer): void {
  const reader = new ByteReader(metadata);
  reader.skip(2);
  const count = reader.int32();
  if (count < 0) throw new MalformedBytesError(`A subscription has ${count} topics.`);
  for (let i = 0; i < count; i++) topics.add(reader.utf8(reader.int16()));
}
