import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { acrossRules } from "../rules/across-rules.ts";
import { holdsFor } from "../rules/rule.ts";
import { Project } from "../rules/project.ts";
import type { Finding } from "./finding.ts";
import { placedFixes } from "./fix/placed-fixes.ts";
import { asConfigured, findingOf, type LintOptions } from "./judge-file.ts";
import { EMPTY_CONFIG } from "./lint-config.ts";
import type { ReadFile } from "./read/source-file.ts";
import { thresholdsOf } from "./threshold-config.ts";
import { withoutSecrets } from "./secrets.ts";
import { Settings } from "./settings.ts";
import { applySuppressions } from "./suppressions.ts";

/** A file of a run, and what was read from it. */
export interface ProjectFile {
  readonly path: string;
  readonly read: ReadFile;
}

/** What contradicts each other in the files of one run, by file and line, without what comments allow. */
export function judgeProject(files: readonly ProjectFile[], { profile, version, config = EMPTY_CONFIG }: LintOptions): readonly Finding[] {
  const all = files.flatMap(({ read }) =>
    read.documents.map((found) => new Settings(found.document, version ?? found.version ?? config.version ?? NEWEST_VERSION)),
  );
  const schemas = files.flatMap(({ read }) => read.avro);
  const sends = files.flatMap(({ read }) => read.sends);
  if (all.length + schemas.length + sends.length < 2) return [];
  const project = new Project(
    all,
    files.flatMap(({ read }) => read.topologies),
    schemas,
    sends,
  );
  const findings = acrossRules
    .filter(
      (rule) =>
        (!rule.profiles || rule.profiles.includes(profile ?? config.profile ?? "prod")) &&
        holdsFor(rule, version ?? config.version ?? NEWEST_VERSION),
    )
    .flatMap((rule) =>
      rule
        .check(project, { threshold: thresholdsOf(rule, config.thresholds, profile ?? config.profile ?? "prod") })
        .map(({ document, ...hit }): Finding => {
          const line = document.entries.findLast(({ key }) => key === hit.key)?.line ?? document.entries[0]?.line;
          const placed = hit.settings ? { ...hit, settings: placedFixes(hit.settings, document, hit.key) } : hit;
          return findingOf(rule, line === undefined ? placed : { ...placed, line }, {
            subject: document.part ?? `${document.kind} settings`,
            file: document.file,
          });
        }),
    );
  const byFile = Map.groupBy(asConfigured(findings, config).map(withoutSecrets), ({ file }) => file!);
  const comments = new Map(files.map(({ path, read }) => [path, read.comments]));
  return [...byFile].flatMap(([file, found]) =>
    applySuppressions(found, comments.get(file) ?? new Map(), file).filter(({ rule }) => rule !== "CFG-05"),
  );
}
