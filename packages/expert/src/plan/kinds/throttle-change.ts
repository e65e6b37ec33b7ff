import type { ChangeRules } from "../change-rules.ts";
import type { ClusterChange, ConfigTarget, RemoveThrottles } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";
import { placesText } from "./partition-changes.ts";

/** Which replicas of a topic are throttled. */
export const TOPIC_THROTTLES = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"] as const;
/** How fast a broker may copy what is throttled. */
export const BROKER_THROTTLES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"] as const;

export const throttleRules: ChangeRules<RemoveThrottles, ObservedOf["removeThrottles"]> = {
  subject: ({ topics, brokers }) => [...topics, ...brokers.map((nodeId) => `broker ${nodeId}`)].join(","),
  sentence: ({ topics, brokers }) => `Take the replication throttles off ${placesOf(topics, brokers)}.`,
  risk: () => ({ class: "low", why: "Replicas catch up as fast as they can from then on." }),
  kafka: ({ topics, brokers }, tools) => [
    ...topics.map((topic) =>
      kafkaTool("kafka-configs", tools, [
        "--alter",
        "--entity-type",
        "topics",
        "--entity-name",
        topic,
        "--delete-config",
        TOPIC_THROTTLES.join(","),
      ]),
    ),
    ...brokers.map((nodeId) =>
      kafkaTool("kafka-configs", tools, [
        "--alter",
        "--entity-type",
        "brokers",
        "--entity-name",
        String(nodeId),
        "--delete-config",
        BROKER_THROTTLES.join(","),
      ]),
    ),
  ],
  ottla: ({ topics, brokers }) => [
    ...topics.map((topic) => ["configs", "unset", "topic", topic, ...TOPIC_THROTTLES]),
    ...brokers.map((nodeId) => ["configs", "unset", "broker", String(nodeId), ...BROKER_THROTTLES]),
  ],
  inverse: (_change, before) => [
    ...Object.entries(before.topics).flatMap(([name, settings]) => settingsBack({ type: "topic", name }, settings)),
    ...Object.entries(before.brokers).flatMap(([nodeId, settings]) => settingsBack({ type: "broker", nodeId: Number(nodeId) }, settings)),
  ],
  doneWhen: () => "none of these settings is there any more",
  inParts: true,
  obstacle: (_change, { moving }) =>
    moving.length === 0 ? undefined : `${placesText(moving)} are being moved, and may need the throttle: let the move end first.`,
  isDone: (_change, { topics, brokers }) =>
    [...Object.values(topics), ...Object.values(brokers)].every((settings) => Object.keys(settings).length === 0),
};

function settingsBack(target: ConfigTarget, settings: Readonly<Record<string, string>>): readonly ClusterChange[] {
  return Object.keys(settings).length === 0 ? [] : [{ kind: "config", target, settings }];
}

function placesOf(topics: readonly string[], brokers: readonly number[]): string {
  return [topics.length > 0 ? `topics ${topics.join(", ")}` : "", brokers.length > 0 ? `brokers ${brokers.join(", ")}` : ""]
    .filter((text) => text !== "")
    .join(" and ");
}
