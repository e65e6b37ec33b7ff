import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { ConfigDef, ConfigKey, ConfigValidator } from "@ottla/base";
import { brokerConfigDef } from "./broker-configs.ts";
import { synonymChain } from "./effective-config.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** name, type, default, validator as Kafka prints it, importance, internal. */
type Fact = readonly [string, string, string | null, string | null, string, boolean];

interface Facts {
  readonly topic: readonly Fact[];
  readonly broker: readonly Fact[];
  readonly brokerQuota: readonly Fact[];
  readonly group: readonly Fact[];
  readonly clientMetrics: readonly Fact[];
  readonly topicSynonyms: Readonly<Record<string, readonly string[]>>;
  readonly brokerSynonyms: Readonly<Record<string, readonly string[]>>;
  readonly groupSynonyms: Readonly<Record<string, string | null>>;
  readonly updateModes: Readonly<Record<string, string>>;
}

const facts = JSON.parse(readFileSync(new URL("./fixtures/kafka-configs.json", import.meta.url), "utf8")) as Facts;

/** Kafka's StandardAuthorizer reads these by itself: they are in no table of Kafka's. */
const OF_AUTHORIZER: ReadonlySet<string> = new Set(["super.users", "allow.everyone.if.no.acl.found"]);

function factsOf(def: ConfigDef): Fact[] {
  return [...def.keys]
    .filter((key) => !/^(ottla|confluent)\./.test(key.name) && !OF_AUTHORIZER.has(key.name))
    .map(
      (key): Fact => [key.name, key.type, key.default === undefined ? "<none>" : key.default, printed(key), key.importance, key.internal],
    )
    .sort(byName);
}

/** Our validators in Kafka's words. */
function printed({ name, validator }: ConfigKey): string | null {
  switch (validator?.kind) {
    case undefined:
      // Kafka refuses null where a client cannot send it.
      return name === "authorizer.class.name" ? "non-null string" : null;
    case "range":
      return `[${validator.min === undefined ? "" : `${validator.min},`}...${validator.max === undefined ? "" : `,${validator.max}`}]`;
    case "oneOf":
      return `${validator.ignoreCase ? "(case insensitive) " : ""}[${validator.values.join(", ")}]`;
    case "list":
      return `list ${validator.mayBeEmpty ? "" : "non-empty "}${validator.values ? `[${validator.values.join(", ")}]` : ""}`.trim();
    case "nonEmpty":
      return "non-empty string";
    case "custom":
      return customInKafka(validator);
  }
}

function customInKafka({ allowed }: Extract<ConfigValidator, { kind: "custom" }>): string {
  const words: Readonly<Record<string, string>> = {
    "a whole number from 1 to 9, or -1": "[1,...,9] or -1",
    'a list of partition:broker pairs, or "*" alone': "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
    "a list of id@host:port": "non-empty list",
    "a list of host:port": "non-empty list",
    "latest, earliest or by_duration:PnDTnHnMn.nS": "[latest, earliest, by_duration:PnDTnHnMn.nS]",
  };
  return words[allowed] ?? allowed;
}

function byName(a: Fact, b: Fact): number {
  return a[0] < b[0] ? -1 : 1;
}

test("topic settings are those of Apache Kafka 4.4.0", () => {
  assert.deepEqual(factsOf(topicConfigDef), facts.topic);
});

test("broker settings are those of Apache Kafka 4.4.0", () => {
  // The replication quotas exist as overrides only, so a broker's list leaves them out.
  const quotas = facts.brokerQuota.map((fact): Fact => [fact[0], fact[1], fact[2], fact[3], fact[4], true]);
  assert.deepEqual(factsOf(brokerConfigDef), [...facts.broker, ...quotas].sort(byName));
});

test("group and client metrics settings are those of Apache Kafka 4.4.0", () => {
  assert.deepEqual(factsOf(groupConfigDef), facts.group);
  assert.deepEqual(factsOf(clientMetricsConfigDef), facts.clientMetrics);
});

test("each setting may be changed at run time where Kafka allows it", () => {
  const modes = [...brokerConfigDef.keys].filter((key) => key.dynamic !== "read-only").map((key) => [key.name, key.dynamic]);
  assert.deepEqual(Object.fromEntries(modes), facts.updateModes);
});

test("synonyms are Kafka's, with the same units", () => {
  const factor = (value: number | undefined) => (value === undefined ? "" : `*${value}`);
  const topicSynonyms = [...topicConfigDef.keys].flatMap((key) => {
    const first = key.synonyms[0];
    if (!first) return [];
    const behind = brokerConfigDef.require(first.name).synonyms.map((synonym) => synonym.name + factor(synonym.factor));
    return [[key.name, [first.name, ...behind]] as const];
  });
  assert.deepEqual(Object.fromEntries(topicSynonyms), facts.topicSynonyms);
  const chains = [...brokerConfigDef.keys]
    .map((key) => [key.name, synonymChain(key.name)] as const)
    .filter(([, chain]) => chain.length > 1);
  assert.deepEqual(Object.fromEntries(chains), facts.brokerSynonyms);
  const groupSynonyms = [...groupConfigDef.keys].map((key) => [key.name, key.synonyms[0]?.name ?? null]);
  assert.deepEqual(Object.fromEntries(groupSynonyms), facts.groupSynonyms);
});

test("every setting is documented in a sentence of its own and has a default that it allows", () => {
  for (const def of [topicConfigDef, brokerConfigDef, groupConfigDef, clientMetricsConfigDef]) {
    for (const key of def.keys) {
      assert.match(key.doc, /^[A-Z].{10,}\.$/, key.name);
      assert.equal(def.defaultOf(key.name).text, key.default ?? null, key.name);
    }
  }
});
