import { type KafkaVersion, NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { topologyRules } from "../rules/topology-rules.ts";
import { commandRules } from "../rules/command-rules.ts";
import { type Hit, holdsFor, type Profile, type RuleFacts } from "../rules/rule.ts";
import { jsonSchemaRules } from "../rules/json-schema-rules.ts";
import { protoRules } from "../rules/proto-rules.ts";
import { schemaRules } from "../rules/schema-rules.ts";
import { sourceRules } from "../rules/source-rules.ts";
import { asOfProgram, isBelieved, judgeProgram } from "../source/judge-program.ts";
import { settingsRules } from "../rules/settings-rules.ts";
import type { SettingsDocument } from "./document.ts";
import type { Finding } from "./finding.ts";
import { placedFixes } from "./fix/placed-fixes.ts";
import { countOf, type ReadFile } from "./read/source-file.ts";
import { type CriticalTags, EMPTY_CONFIG, fits, type LintConfig } from "./lint-config.ts";
import { thresholdsOf } from "./threshold-config.ts";
import { TOPIC_NAME } from "./topic-entries.ts";
import { withoutSecrets } from "./secrets.ts";
import { Settings } from "./settings.ts";
import { applySuppressions } from "./suppressions.ts";

/** For whom and for which Kafka a file is judged. */
export interface LintOptions {
  /** Default `prod`. */
  readonly profile?: Profile;
  /** Default: what the file says itself, as by an image's tag, else the newest. */
  readonly version?: KafkaVersion;
  /** What the project says of itself; the profile and version above count before it. */
  readonly config?: LintConfig;
}

/**
 * The findings of what was read from a file, by line, without those that its comments allow.
 * @param elsewhere findings of rules whose looking is another package's; they are switched off, made graver and allowed as the others
 */
export function judgeFile(
  path: string,
  read: ReadFile,
  { profile, version, config = EMPTY_CONFIG }: LintOptions,
  elsewhere: readonly Finding[] = [],
): readonly Finding[] {
  const general = profile ?? config.paths.find(({ pattern }) => fits(path, [pattern]))?.profile ?? config.profile ?? "prod";
  const holds = (rule: RuleFacts): boolean => holdsFor(rule, version ?? config.version ?? NEWEST_VERSION);
  const findings: readonly Finding[] = [
    ...elsewhere,
    ...read.documents.flatMap((found) =>
      lintDocument(
        found.document,
        version ?? found.version ?? config.version ?? NEWEST_VERSION,
        isCritical(found.document, config.critical) ? "critical" : general,
        config,
      ),
    ),
    ...read.avro.flatMap((schema) =>
      schemaRules.flatMap((rule) => rule.check(schema).map((hit) => findingOf(rule, hit, { subject: "Avro schema", file: path }))),
    ),
    ...read.proto.flatMap((schema) =>
      protoRules.flatMap((rule) => rule.check(schema).map((hit) => findingOf(rule, hit, { subject: "Protobuf", file: path }))),
    ),
    ...read.jsonSchemas.flatMap((schema) =>
      jsonSchemaRules.flatMap((rule) => rule.check(schema).map((hit) => findingOf(rule, hit, { subject: "JSON Schema", file: path }))),
    ),
    ...read.commands.flatMap((command) =>
      commandRules
        .filter(holds)
        .flatMap((rule) => rule.check(command).map((hit) => findingOf(rule, hit, { subject: `kafka-${command.tool}`, file: path }))),
    ),
    ...read.topologies.flatMap((topology) =>
      topologyRules
        .filter(holds)
        .flatMap((rule) => rule.check(topology).map((hit) => findingOf(rule, hit, { subject: "topology", file: path }))),
    ),
    ...read.programs.flatMap((program) => [
      ...program.documents.flatMap((each) =>
        lintDocument(
          each.document,
          version ?? config.version ?? NEWEST_VERSION,
          isCritical(each.document, config.critical) ? "critical" : general,
          config,
        )
          .filter((finding) => isBelieved(each, finding))
          .map((finding) => asOfProgram(each, finding)),
      ),
      ...judgeProgram(program, sourceRules.filter(holds)),
    ]),
  ];
  const kept = applySuppressions(asConfigured(withoutRepeats(findings), config), countOf(read) > 0 ? read.comments : new Map(), path);
  return kept.map(withoutSecrets).toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Findings without those of rules that the project switched off, and as grave as it says. */
export function asConfigured(findings: readonly Finding[], { rules }: LintConfig): readonly Finding[] {
  return findings.flatMap((finding) => {
    const word = rules.get(finding.rule);
    return word === undefined ? [finding] : word === "off" ? [] : [{ ...finding, severity: word }];
  });
}

function isCritical({ file, part, owner, hosts = [], entries }: SettingsDocument, { topics, groups, apps }: CriticalTags): boolean {
  if (topics.length + groups.length + apps.length === 0) return false;
  const given = (key: string): string | undefined => entries.findLast((entry) => entry.key === key)?.value;
  return (
    fits(given(TOPIC_NAME), topics) ||
    ["group.id", "application.id"].some((key) => fits(given(key), groups)) ||
    [given("client.id"), given("application.id"), owner, part, file, ...hosts].some((name) => fits(name, apps))
  );
}

/** What several documents take from one line is told once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, line, key, message }) => {
    const mark = JSON.stringify([rule, line, key, message]);
    return !seen.has(mark) && seen.add(mark);
  });
}

/** Judges one set of settings by every rule. */
export function lintDocument(
  document: SettingsDocument,
  version: KafkaVersion,
  profile: Profile,
  { thresholds, deployedFirst }: Pick<LintConfig, "thresholds" | "deployedFirst"> = EMPTY_CONFIG,
): readonly Finding[] {
  const settings = new Settings(document, version);
  const { file, part, kind, entries, isPartial } = document;
  const mine = document.profile ?? profile;
  return settingsRules.flatMap((rule) => {
    if ((rule.profiles && !rule.profiles.includes(mine)) || !holdsFor(rule, version)) return [];
    const context = { profile: mine, threshold: thresholdsOf(rule, thresholds, mine), ...(deployedFirst && { deployedFirst }) };
    const hits = rule.check(settings, context) ?? [];
    return (Array.isArray(hits) ? (hits as readonly Hit[]) : [hits as Hit]).flatMap((hit) => {
      // What a part does not say may stand in the rest.
      if (isPartial && hit.key !== undefined && !settings.has(hit.key)) return [];
      const line = (hit.key === undefined ? undefined : settings.entry(hit.key)?.line) ?? entries[0]?.line;
      const placed = hit.settings ? { ...hit, settings: placedFixes(hit.settings, document, hit.key) } : hit;
      return findingOf(rule, line === undefined ? placed : { ...placed, line }, { subject: part ?? `${kind} settings`, file });
    });
  });
}

/** A rule's hit as a finding: what the hit does not say, the rule does. */
export function findingOf(
  { id, severity, confidence, fix }: RuleFacts,
  hit: Hit & { readonly line?: number },
  place: { readonly subject: string; readonly file: string },
): Finding {
  return { rule: id, severity, confidence, ...place, fix, ...hit };
}
