import type { Client, TopicPartition } from "@ottla/client";

/** The group whose offsets say how far a dead-letter topic was replayed; also the transactional id of who replays it. */
export function replayGroup(topic: string): string {
  return `ottla-dlq-replay.${topic}`;
}

/** The offset that the replay of each partition goes on at; undefined: there was none, or the cluster has forgotten it. */
export async function replayedUpTo(
  client: Client,
  topic: string,
  partitions: readonly TopicPartition[],
): Promise<readonly (number | undefined)[]> {
  const outcomes = await client.admin().listGroupOffsets(replayGroup(topic), partitions);
  return partitions.map(({ partition }) => {
    const found = outcomes.find((each) => each.topic === topic && each.partition === partition);
    if (found?.error && found.error.code !== "GROUP_ID_NOT_FOUND") throw found.error;
    return found?.value?.offset;
  });
}
