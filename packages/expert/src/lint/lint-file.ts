import { type KafkaVersion, NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import type { Hit, Profile, SettingsRule } from "../rules/rule.ts";
import { schemaRules } from "../rules/schema-rules.ts";
import { settingsRules } from "../rules/settings-rules.ts";
import type { SettingsDocument } from "./document.ts";
import type { Finding, NotChecked } from "./finding.ts";
import { readAvro } from "./read/read-avro.ts";
import { readFile } from "./read/read-file.ts";
import type { SourceFile } from "./read/source-file.ts";
import { Settings } from "./settings.ts";
import { applySuppressions } from "./suppressions.ts";

/** For whom and for which Kafka a file is judged. */
export interface LintOptions {
  /** Default `prod`. */
  readonly profile?: Profile;
  /** Default: what the file says itself, as by an image's tag, else the newest. */
  readonly version?: KafkaVersion;
}

/** What a file showed. */
export interface LintedFile {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** How many sets of settings were judged. */
  readonly documents: number;
}

/** Judges a file: its findings by line, without those that its comments allow. A file that is none of Kafka's has none. */
export function lintFile(file: SourceFile, { profile = "prod", version }: LintOptions = {}): LintedFile {
  if (/\.avsc$/i.test(file.path)) return lintSchema(file);
  const { documents, comments, notChecked } = readFile(file);
  const findings = documents.flatMap((found) => lintDocument(found.document, version ?? found.version ?? NEWEST_VERSION, profile));
  const kept = applySuppressions(findings, documents.length > 0 ? comments : new Map(), file.path);
  return { findings: kept.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)), notChecked, documents: documents.length };
}

/** Judges an Avro schema by itself. */
function lintSchema(file: SourceFile): LintedFile {
  const schema = readAvro(file);
  if (typeof schema === "string") return { findings: [], notChecked: [{ subject: file.path, reason: schema }], documents: 0 };
  const findings = schemaRules.flatMap((rule) =>
    rule.check(schema).map(
      (hit): Finding => ({
        rule: rule.id,
        severity: rule.severity,
        confidence: rule.confidence,
        subject: "Avro schema",
        file: file.path,
        fix: rule.fix,
        ...hit,
      }),
    ),
  );
  return { findings: findings.toSorted((a, b) => a.line! - b.line!), notChecked: [], documents: 1 };
}

/** Judges one set of settings by every rule. */
export function lintDocument(document: SettingsDocument, version: KafkaVersion, profile: Profile): readonly Finding[] {
  const settings = new Settings(document, version);
  return settingsRules.flatMap((rule) => {
    if (rule.profiles && !rule.profiles.includes(profile)) return [];
    const hits = rule.check(settings, { profile }) ?? [];
    return (Array.isArray(hits) ? (hits as readonly Hit[]) : [hits as Hit]).map((hit) => findingOf(rule, hit, settings));
  });
}

function findingOf(rule: SettingsRule, hit: Hit, settings: Settings): Finding {
  const { file, part, kind, entries } = settings.document;
  const entry = hit.key === undefined ? undefined : settings.entry(hit.key);
  const line = entry?.line ?? entries[0]?.line;
  return {
    rule: rule.id,
    severity: hit.severity ?? rule.severity,
    confidence: rule.confidence,
    subject: part ?? `${kind} settings`,
    file,
    ...(line !== undefined && { line }),
    ...(hit.key !== undefined && { key: hit.key }),
    message: hit.message,
    evidence: hit.evidence,
    fix: hit.fix ?? rule.fix,
    ...(hit.settings && { settings: hit.settings }),
  };
}
