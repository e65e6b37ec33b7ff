import type { Entry, SettingsDocument } from "./document.ts";

/** What a topic is made with besides its settings: these stand among them under the names of Kafka's tools. */
export const TOPIC_NAME = "topic";
export const TOPIC_PARTITIONS = "partitions";
export const TOPIC_FACTOR = "replication-factor";

/** A topic as some file defines it. */
interface TopicDefinition {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly partitions?: Place | undefined;
  readonly replicationFactor?: Place | undefined;
  readonly settings: readonly Entry[];
}

/** A value with its line, and how the file itself spells its name. */
export interface Place {
  readonly value: string;
  readonly line: number;
  readonly spelling?: string;
}

/** A topic's definition as settings that rules judge. */
export function topicDocument({ file, name, line, partitions, replicationFactor, settings }: TopicDefinition): SettingsDocument {
  return {
    file,
    part: `topic ${name}`,
    kind: "topic",
    entries: [
      { key: TOPIC_NAME, value: name, line },
      ...(partitions ? [{ key: TOPIC_PARTITIONS, ...partitions }] : []),
      ...(replicationFactor ? [{ key: TOPIC_FACTOR, ...replicationFactor }] : []),
      ...settings,
    ],
  };
}
