import type { Settings } from "../lint/settings.ts";
import { isClient } from "./client-rules.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const URL_KEYS = /(?:^|\.)(?:schema\.registry\.url|apicurio\.registry\.url)$/;
const AUTO = "auto.register.schemas";

function urlHits(settings: Settings): Hit[] {
  return settings.entries.flatMap(({ key }): Hit[] => {
    const url = URL_KEYS.test(key) ? settings.given(key) : undefined;
    if (url === undefined || !/^http:\/\//i.test(url) || /^http:\/\/(localhost|127\.|\[::1\])/i.test(url)) return [];
    return [
      {
        key,
        message: "Schemas are asked for and registered in the open, and without a login.",
        evidence: `${key}=${url.replace(/\/\/[^@/]*@/, "//…@")}`,
      },
    ];
  });
}

/** Rules over how programs use a schema registry, and how it is run. */
export const registryRules: readonly SettingsRule[] = [
  {
    id: "SCH-01",
    name: "compat-none",
    severity: "error",
    confidence: "high",
    condition: "the registry's or a subject's compatibility is NONE",
    why: "Any change of a schema passes; the readers that break learn of it when records come.",
    fix: "Set BACKWARD or stricter.",
    source: "Confluent Schema Registry documentation, compatibility",
    check: (settings) => {
      const key = ["schema.compatibility.level", "avro.compatibility.level", "compatibility", "compatibilityLevel"].find(
        (each) => settings.given(each)?.toUpperCase() === "NONE",
      );
      return settings.isOf("registry") && key !== undefined
        ? {
            key,
            message: "No change of a schema is refused, whoever it breaks.",
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "BACKWARD" }],
          }
        : undefined;
    },
    examples: [
      { kind: "registry", settings: { "schema.compatibility.level": "none" }, hits: 1 },
      { kind: "registry", settings: { "schema.compatibility.level": "backward" }, hits: 0 },
    ],
  },
  {
    id: "SCH-11",
    name: "auto-register",
    severity: "warning",
    confidence: "medium",
    condition: "a producer with a registry's serializer, and auto.register.schemas is not false",
    why: "Whatever a program happens to send becomes the contract, from a developer's machine too.",
    fix: "Set auto.register.schemas=false and register schemas where they are reviewed.",
    source: "Confluent Schema Registry documentation, serializers",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const serializer = ["value.serializer", "key.serializer"].find((key) =>
        /Kafka(Avro|Protobuf|JsonSchema)Serializer$/.test(settings.given(key) ?? ""),
      );
      return isClient(settings) &&
        serializer !== undefined &&
        (settings.given(AUTO) ?? "true").toLowerCase() === "true" &&
        !(settings.has(AUTO) && settings.given(AUTO) === undefined)
        ? {
            key: settings.has(AUTO) ? AUTO : serializer,
            message: "The producer registers whatever schema it happens to have.",
            evidence: `${serializer}=${settings.given(serializer)}, ${AUTO}=${settings.given(AUTO) ?? "true (default)"}`,
            settings: [{ key: AUTO, value: "false" }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { "value.serializer": "io.confluent.kafka.serializers.KafkaAvroSerializer" }, hits: 1 },
      {
        kind: "producer",
        settings: { "value.serializer": "io.confluent.kafka.serializers.KafkaAvroSerializer", [AUTO]: "false" },
        hits: 0,
      },
      { kind: "producer", settings: { "value.serializer": "org.apache.kafka.common.serialization.StringSerializer" }, hits: 0 },
    ],
  },
  {
    id: "SCH-12",
    name: "registry-http",
    severity: "error",
    confidence: "medium",
    condition: "the registry's URL is http, beyond this machine",
    why: "Who is on the way, or in the network, can change what records mean.",
    fix: "Use https, and a login.",
    source: "Confluent Schema Registry documentation, security",
    profiles: ["prod", "critical"],
    check: urlHits,
    examples: [
      { kind: "producer", settings: { "schema.registry.url": "http://registry:8081" }, hits: 1 },
      { kind: "connectWorker", settings: { "value.converter.schema.registry.url": "http://registry:8081" }, hits: 1 },
      { kind: "producer", settings: { "schema.registry.url": "https://registry:8081" }, hits: 0 },
      { kind: "producer", settings: { "schema.registry.url": "http://localhost:8081" }, hits: 0 },
    ],
  },
];
