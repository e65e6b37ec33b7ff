import type { Settings } from "../lint/settings.ts";
import { isClient } from "./client-rules.ts";
import { levelFor } from "./compatibility-order.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const URL_KEYS = /(?:^|\.)(?:schema\.registry\.url|apicurio\.registry\.url)$/;
const AUTO = "auto.register.schemas";
const LEVEL_KEYS = ["schema.compatibility.level", "avro.compatibility.level", "compatibility", "compatibilityLevel"];

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
      const key = LEVEL_KEYS.find((each) => settings.given(each)?.toUpperCase() === "NONE");
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
    id: "SCH-03",
    name: "mode-vs-order",
    severity: "warning",
    confidence: "high",
    condition:
      "compatibility FORWARD where ottla.yaml says that consumers get a changed schema first, or BACKWARD where it says producers do (lint: {deployedFirst: …})",
    why: "BACKWARD promises that the new schema reads old records: consumers go first. FORWARD promises that old schemas read new records: producers go first. The other way round what the registry lets through breaks readers between the two deployments.",
    fix: "Deploy the others first, or set the level that promises what this order needs; FULL holds for both.",
    source: "Confluent Schema Registry documentation, schema evolution: order of upgrading clients",
    check: (settings, { deployedFirst }) => {
      if (!settings.isOf("registry") || deployedFirst === undefined) return undefined;
      const key = LEVEL_KEYS.find((each) => settings.given(each) !== undefined);
      const better = key && levelFor(settings.given(key)!, deployedFirst);
      return better
        ? {
            key,
            message: `${settings.given(key)!.toUpperCase()} does not hold while ${deployedFirst} are deployed first.`,
            evidence: `${evidenceOf(settings, key)}; ottla.yaml: deployedFirst: ${deployedFirst}`,
            settings: [{ key, value: better }],
          }
        : undefined;
    },
    examples: [
      { kind: "registry", settings: { "schema.compatibility.level": "forward" }, deployedFirst: "consumers", hits: 1 },
      { kind: "registry", settings: { "schema.compatibility.level": "BACKWARD_TRANSITIVE" }, deployedFirst: "producers", hits: 1 },
      { kind: "registry", settings: { "schema.compatibility.level": "backward" }, deployedFirst: "consumers", hits: 0 },
      { kind: "registry", settings: { "schema.compatibility.level": "full" }, deployedFirst: "producers", hits: 0 },
      { kind: "registry", settings: { "schema.compatibility.level": "forward" }, hits: 0 },
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
