import { type ConfigKey, configKey } from "@ottla/base";
import type { SubjectNaming } from "../topic-limits.ts";
import { oneOf } from "../validators.ts";

/** What a topic's strategy is called by those who set it. */
export const subjectNamings: ReadonlyMap<string, SubjectNaming> = new Map([
  ["io.confluent.kafka.serializers.subject.TopicNameStrategy", "topic"],
  ["io.confluent.kafka.serializers.subject.RecordNameStrategy", "record"],
  ["io.confluent.kafka.serializers.subject.TopicRecordNameStrategy", "topic-record"],
]);

/** Where schema registries keep what is registered. */
export const SCHEMAS_TOPIC = "_schemas";

const [DEFAULT_STRATEGY = ""] = subjectNamings.keys();

/**
 * Settings of a topic that Apache Kafka does not know: whether records must carry a registered schema. By the names under which those who come from elsewhere set them. They are listed only where they are
 * set, so that a topic without them is described as Kafka describes it.
 */
export const schemaConfigKeys: readonly ConfigKey[] = (["key", "value"] as const).flatMap((part) => [
  configKey(
    `confluent.${part}.schema.validation`,
    "boolean",
    "false",
    `Whether the ${part} of each record, unless it is null, must carry the id or GUID of a schema that is registered under the right subject in \`_schemas\`. Others are refused with INVALID_RECORD.`,
    { internal: true, since: "Ottla 0.1" },
  ),
  configKey(
    `confluent.${part}.subject.name.strategy`,
    "string",
    DEFAULT_STRATEGY,
    `Under which subject the schema of a ${part} must be registered: the topic's, any (RecordNameStrategy), or one that begins with the topic's name (TopicRecordNameStrategy).`,
    { validator: oneOf(...subjectNamings.keys()), internal: true, since: "Ottla 0.1" },
  ),
]);
