import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { deploymentRules } from "../rules/deployment-rules.ts";
import type { Finding } from "./finding.ts";
import { placedFixes } from "./fix/placed-fixes.ts";
import { asConfigured, findingOf, type LintOptions } from "./judge-file.ts";
import type { ProjectFile } from "./judge-project.ts";
import { EMPTY_CONFIG } from "./lint-config.ts";
import type { FoundDocument } from "./read/source-file.ts";
import { withoutSecrets } from "./secrets.ts";
import { Settings } from "./settings.ts";
import { applySuppressions } from "./suppressions.ts";

/**
 * What is wrong in the change from one state of the files to another: the same documents by file, part and kind. What is new, or gone, changes nothing that was there. Comments of the state after allow findings.
 */
export function judgeDeployment(
  before: readonly ProjectFile[],
  after: readonly ProjectFile[],
  { version, config = EMPTY_CONFIG }: LintOptions,
): readonly Finding[] {
  const known = new Map(before.map(({ path, read }) => [path, new Map(read.documents.map((found) => [nameOf(found), found]))]));
  const settingsOf = (found: FoundDocument) => new Settings(found.document, version ?? found.version ?? config.version ?? NEWEST_VERSION);
  return after.flatMap(({ path, read }) => {
    const was = known.get(path);
    if (was === undefined) return [];
    const findings = read.documents.flatMap((found): Finding[] => {
      const old = was.get(nameOf(found));
      if (old === undefined) return [];
      const [earlier, now] = [settingsOf(old), settingsOf(found)];
      const { document } = found;
      return deploymentRules.flatMap((rule) =>
        rule.check(earlier, now).map((hit) => {
          const line = (hit.key === undefined ? undefined : now.entry(hit.key)?.line) ?? document.entries[0]?.line;
          const placed = hit.settings ? { ...hit, settings: placedFixes(hit.settings, document, hit.key) } : hit;
          return findingOf(rule, line === undefined ? placed : { ...placed, line }, {
            subject: document.part ?? `${document.kind} settings`,
            file: path,
          });
        }),
      );
    });
    return applySuppressions(asConfigured(findings, config).map(withoutSecrets), read.comments, path).filter(
      ({ rule }) => rule !== "CFG-05",
    );
  });
}

function nameOf({ document: { part, kind } }: FoundDocument): string {
  return `${kind} ${part ?? ""}`;
}
