import { KAFKA_VERSIONS } from "../catalogue/generated/kafka-versions.ts";
import type { KafkaVersion } from "../catalogue/settings-catalogue.ts";
import type { Confidence, SettingFix, Severity } from "../lint/finding.ts";
import type { Settings } from "../lint/settings.ts";
import type { Threshold, ThresholdOf } from "./threshold.ts";

/** For whom it is judged: a developer's machine, a cluster that people rely on, or one where a lost record costs money. */
export type Profile = "dev" | "prod" | "critical";

/** Which services get a changed schema first. */
export type DeployedFirst = "consumers" | "producers";

/** What a rule met. */
export interface Hit {
  /** The key it is about. */
  readonly key?: string;
  /** What is wrong, in a sentence that names the values. */
  readonly message: string;
  /** What stands there. Never a secret. */
  readonly evidence: string;
  /** What is to be done; the rule's own words if nothing is said. */
  readonly fix?: string;
  readonly settings?: readonly SettingFix[];
  /** Where a rule has two severities. */
  readonly severity?: Severity;
}

/** What a rule may ask besides the settings. */
interface RuleContext {
  readonly profile: Profile;
  /** Which services the project deploys first when a schema changes, where it says so. */
  readonly deployedFirst?: DeployedFirst;
  /** The rule's own numbers, as the project sets them. */
  readonly threshold: ThresholdOf;
}

/** What every rule says of itself, whatever it looks at: a file, a source, a live cluster. */
export interface RuleFacts {
  /** `BRK-07`. */
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** When it speaks. */
  readonly condition: string;
  /** When it speaks of a live cluster, where that is another condition than over files. */
  readonly inCluster?: string;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
  /** The oldest Kafka for which it holds; 3.9 if nothing is said. All hold up to the newest that the catalogue knows. */
  readonly from?: KafkaVersion;
  /** Profiles for which it holds; all if nothing is said. */
  readonly profiles?: readonly Profile[];
  /** Its numbers that a project may set. */
  readonly thresholds?: readonly Threshold[];
}

interface Versioned {
  readonly from?: KafkaVersion | undefined;
}

/** Whether a rule holds for a version of Kafka. */
export function holdsFor({ from = KAFKA_VERSIONS[0] }: Versioned, version: KafkaVersion): boolean {
  return KAFKA_VERSIONS.indexOf(version) >= KAFKA_VERSIONS.indexOf(from);
}

/** The versions of Kafka for which a rule holds, in words: `3.9 to 4.4`. */
export function printVersions({ from = KAFKA_VERSIONS[0] }: Versioned): string {
  const newest = KAFKA_VERSIONS.at(-1)!;
  return from === newest ? newest : `${from} to ${newest}`;
}

/** A rule over settings: what it is about as data, and a pure function that looks. */
export interface SettingsRule extends RuleFacts {
  readonly check: (settings: Settings, context: RuleContext) => readonly Hit[] | Hit | undefined;
  /** Settings that make it speak, and settings just short of that. Tests read them, and `ottla explain` shows the first. */
  readonly examples: readonly RuleExample[];
}

/** A document in small: its kind, settings, and how many hits it must have. */
export interface RuleExample {
  readonly kind: Settings["kind"];
  readonly settings: Readonly<Record<string, string>>;
  /** What stands in the file once more, below. */
  readonly again?: Readonly<Record<string, string>>;
  readonly hits: 0 | 1;
  /** How grave it is, where that is not what the rule says of itself. */
  readonly severity?: Severity;
  /** The part of a file that it is, where that counts. */
  readonly part?: string;
  readonly profile?: Profile;
  readonly version?: Settings["version"];
  readonly deployedFirst?: DeployedFirst;
}

/** Evidence of one key: what stands there, or the default. */
export function evidenceOf(settings: Settings, ...keys: readonly string[]): string {
  return keys
    .map((key) => {
      const given = settings.given(key);
      if (given !== undefined) return `${key}=${given}`;
      const effective = settings.effective(key);
      return effective === undefined ? `${key} is not set` : `${key} is not set; its default is ${effective}`;
    })
    .join(", ");
}
