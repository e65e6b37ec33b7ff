import type { KafkaVersion } from "../catalogue/settings-catalogue.ts";
import { KAFKA_VERSIONS } from "../catalogue/generated/kafka-versions.ts";
import type { DeployedFirst, Profile } from "../rules/rule.ts";
import { ruleById } from "../rules/rule-catalogue.ts";
import type { Severity } from "./finding.ts";
import { readYamlTrees } from "./read/read-tree.ts";
import { readThresholds, type SetThresholds } from "./threshold-config.ts";
import { at, itemsOf, pairsOf, type Tree, type TreePair } from "./read/tree.ts";

/** What is judged as critical, by patterns in which `*` stands for any letters. */
export interface CriticalTags {
  readonly topics: readonly string[];
  readonly groups: readonly string[];
  /** By client.id, application.id, image, container or path of the file. */
  readonly apps: readonly string[];
}

/** What a project says of how it wants to be judged, in `ottla.yaml` under `lint`. */
export interface LintConfig {
  readonly profile?: Profile;
  readonly version?: KafkaVersion;
  readonly critical: CriticalTags;
  /** Which services get a changed schema first. */
  readonly deployedFirst?: DeployedFirst;
  /** Of a rule: switched off, or as grave as this. */
  readonly rules: ReadonlyMap<string, "off" | Severity>;
  /** Numbers of rules, where the project wants others. */
  readonly thresholds: SetThresholds;
  /** The first pattern that fits a file's path says for whom it is judged. */
  readonly paths: readonly { readonly pattern: string; readonly profile: Profile }[];
}

/** A project that says nothing. */
export const EMPTY_CONFIG: LintConfig = {
  critical: { topics: [], groups: [], apps: [] },
  rules: new Map(),
  thresholds: new Map(),
  paths: [],
};

class ConfigProblem extends Error {}

/** Reads `ottla.yaml`; a text says what is wrong with it, and on which line. Parts other than `lint` are others'. */
export function readLintConfig(text: string): LintConfig | string {
  const read = readYamlTrees(text);
  if ("problem" in read) return read.problem;
  try {
    return configOf(at(read.trees[0], "lint"));
  } catch (error) {
    if (error instanceof ConfigProblem) return error.message;
    throw error;
  }
}

function configOf(tree: Tree | undefined): LintConfig {
  let config = EMPTY_CONFIG;
  for (const pair of pairsOf(tree)) {
    switch (pair.name) {
      case "profile":
        config = { ...config, profile: oneOf(pair, ["dev", "prod", "critical"] as const) };
        break;
      case "kafkaVersion":
        config = { ...config, version: oneOf(pair, KAFKA_VERSIONS) };
        break;
      case "deployedFirst":
        config = { ...config, deployedFirst: oneOf(pair, ["consumers", "producers"] as const) };
        break;
      case "critical":
        config = { ...config, critical: tagsOf(pair) };
        break;
      case "rules":
        config = {
          ...config,
          rules: new Map(pairsOf(pair.value).map((rule) => [idOf(rule), oneOf(rule, ["off", "error", "warning", "info"] as const)])),
        };
        break;
      case "thresholds": {
        const thresholds = readThresholds(pair);
        if (typeof thresholds === "string") throw new ConfigProblem(thresholds);
        config = { ...config, thresholds };
        break;
      }
      case "paths":
        config = {
          ...config,
          paths: pairsOf(pair.value).map((path) => ({ pattern: path.name, profile: oneOf(path, ["dev", "prod", "critical"] as const) })),
        };
        break;
      default:
        throw new ConfigProblem(
          `Line ${pair.line}: lint has no "${pair.name}"; it has profile, kafkaVersion, deployedFirst, critical, rules, thresholds and paths.`,
        );
    }
  }
  return config;
}

/** A rule that there is: one that is misspelled would be switched off in vain. */
function idOf({ name, line }: TreePair): string {
  const rule = ruleById(name);
  if (!rule) throw new ConfigProblem(`Line ${line}: there is no rule ${name}; "ottla explain" lists them.`);
  return rule.id;
}

function tagsOf({ value: tree, line }: TreePair): CriticalTags {
  const words = (name: string): readonly string[] => itemsOf(at(tree, name)).flatMap((item) => (item.is === "scalar" ? [item.text] : []));
  const odd = pairsOf(tree).find(({ name }) => !["topics", "groups", "apps"].includes(name));
  if (odd || tree.is !== "map") throw new ConfigProblem(`Line ${odd?.line ?? line}: critical has lists of topics, groups and apps.`);
  return { topics: words("topics"), groups: words("groups"), apps: words("apps") };
}

function oneOf<const Word extends string>({ name, line, value }: TreePair, words: readonly Word[]): Word {
  // YAML reads "off" as a text, but 4.0 as a number.
  const text = value.is === "scalar" ? value.text : "";
  const word = words.find((each) => each === text || each === `${text}.0`);
  if (word === undefined) throw new ConfigProblem(`Line ${line}: ${name} must be one of ${words.join(", ")}.`);
  return word;
}

/** Whether a name fits one of the patterns, in which `*` stands for any letters. */
export function fits(name: string | undefined, patterns: readonly string[]): boolean {
  return name !== undefined && patterns.some((pattern) => fitsOne(name, pattern));
}

function fitsOne(name: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  if (others.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of others.slice(0, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  const last = others.at(-1)!;
  return name.length - last.length >= from && name.endsWith(last);
}
