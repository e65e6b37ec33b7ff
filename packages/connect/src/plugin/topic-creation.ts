import type { ConfigValidator } from "@ottla/base";
import { type ConfigDefinition, define } from "./config-definition.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** How a topic is made that a source writes to and that is not there (KIP-158). */
export interface TopicRule {
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  /** −1: the cluster's default. */
  readonly replicationFactor: number;
  readonly partitionCount: number;
  readonly configs: Readonly<Record<string, string>>;
}

const GROUP = "Topic Creation";
const OWN = new Set(["include", "exclude", "replication.factor", "partitions"]);

const COUNT = {
  validator: { kind: "custom", allowed: "-1, or a whole number of at least 1", accepts: (value) => value === -1 || Number(value) >= 1 },
} satisfies { readonly validator: ConfigValidator };
const PATTERNS = {
  validator: {
    kind: "custom",
    allowed: "regular expressions, apart by commas",
    accepts: (value) => !Array.isArray(value) || value.every((each) => isExpression(String(each))),
  },
} satisfies { readonly validator: ConfigValidator };

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The settings of each group of rules that a config names. */
export function topicCreationDefinitions(properties: ConnectorProperties): ConfigDefinition[] {
  return groupsOf(properties).flatMap((name) => {
    const prefix = `topic.creation.${name}.`;
    const isDefault = name === "default";
    return [
      ...(isDefault
        ? []
        : [
            define(
              GROUP,
              2,
              "LONG",
              "Inclusion Topic Pattern",
              `${prefix}include`,
              "list",
              undefined,
              "Regular expressions of the topics that the rule is for.",
              PATTERNS,
            ),
            define(
              GROUP,
              3,
              "LONG",
              "Exclusion Topic Pattern",
              `${prefix}exclude`,
              "list",
              "",
              "Regular expressions of topics that it is not for.",
              PATTERNS,
            ),
          ]),
      define(
        GROUP,
        4,
        "LONG",
        "Replication Factor",
        `${prefix}replication.factor`,
        "short",
        isDefault ? undefined : "-1",
        "Copies of each partition; -1: the cluster's default.",
        COUNT,
      ),
      define(
        GROUP,
        5,
        "LONG",
        "Partition Count",
        `${prefix}partitions`,
        "int",
        isDefault ? undefined : "-1",
        "Partitions; -1: the cluster's default.",
        COUNT,
      ),
    ];
  });
}

/** The rules of a config, in the order in which they are tried; undefined: topics are made as the cluster makes them. */
export function topicRules(properties: ConnectorProperties): readonly TopicRule[] | undefined {
  const groups = groupsOf(properties);
  if (groups.length === 0) return undefined;
  const fallback = ruleOf(properties, "default", undefined);
  return [...groups.filter((name) => name !== "default").map((name) => ruleOf(properties, name, fallback)), fallback];
}

/** The rule for a topic: the first whose patterns take its whole name. */
export function ruleFor(rules: readonly TopicRule[], topic: string): TopicRule | undefined {
  return rules.find(({ include, exclude }) => include.some((each) => each.test(topic)) && !exclude.some((each) => each.test(topic)));
}

function groupsOf(properties: ConnectorProperties): string[] {
  const named = (properties["topic.creation.groups"] ?? "").split(",").map((name) => name.trim());
  const has = Object.keys(properties).some((name) => name.startsWith("topic.creation.default."));
  const groups = [...new Set(named.filter((name) => name !== "" && name !== "default"))];
  return has || groups.length > 0 ? [...groups, "default"] : [];
}

function ruleOf(properties: ConnectorProperties, name: string, fallback: TopicRule | undefined): TopicRule {
  const prefix = `topic.creation.${name}.`;
  const own = Object.entries(properties).flatMap(([key, text]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), text] as const] : [],
  );
  const given = Object.fromEntries(own);
  const number = (key: string, otherwise: number): number => (given[key] === undefined ? otherwise : Number(given[key]));
  const configs = Object.fromEntries(own.filter(([key]) => !OWN.has(key)));
  return {
    include: name === "default" ? [/^/] : patterns(given["include"]),
    exclude: patterns(given["exclude"]),
    replicationFactor: number("replication.factor", fallback?.replicationFactor ?? -1),
    partitionCount: number("partitions", fallback?.partitionCount ?? -1),
    configs: { ...fallback?.configs, ...configs },
  };
}

function patterns(text: string | undefined): RegExp[] {
  return (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => new RegExp(`^(?:${each})$`));
}
