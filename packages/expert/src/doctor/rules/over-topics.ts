import type { ConfigChange } from "../../plan/cluster-change.ts";
import type { TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import type { ClusterHit } from "../cluster-rule.ts";
import { type ClusterView, firstNames } from "../cluster-view.ts";

/** A change of a topic's settings. */
export function topicConfig(name: string, settings: ConfigChange["settings"]): ConfigChange {
  return { kind: "config", target: { type: "topic", name }, settings };
}

/** A topic that a question found, and what was seen. */
export interface Found<Seen> {
  readonly topic: TopicSnapshot;
  readonly seen: Seen;
}

/** One hit for all topics that a question finds, so that a thousand of them are one line to read. */
export function overTopics<Seen>(
  { topics }: ClusterView,
  see: (topic: TopicSnapshot) => Seen | undefined,
  tell: (found: readonly Found<Seen>[]) => Omit<ClusterHit, "subject">,
  { internal = false } = {},
): ClusterHit[] {
  const found = topics.flatMap((topic): Found<Seen>[] => {
    const seen = topic.internal && !internal ? undefined : see(topic);
    return seen === undefined ? [] : [{ topic, seen }];
  });
  if (found.length === 0) return [];
  return [{ subject: topicsNamed(found.map(({ topic }) => topic)), ...tell(found) }];
}

function topicsNamed(topics: readonly TopicSnapshot[]): string {
  return topics.length === 1 ? `topic ${topics[0]!.name}` : `topics ${firstNames(topics)}`;
}

/** `Topic a has`, `3 topics have`. */
export function topicsHave(found: readonly Found<unknown>[]): string {
  return found.length === 1 ? `Topic ${found[0]!.topic.name} has` : `${found.length} topics have`;
}
