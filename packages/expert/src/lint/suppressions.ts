import type { Finding } from "./finding.ts";

/** A comment that says that a finding is meant: `ottla: allow BRK-07 because the disk is a battery-backed one`. */
interface Suppression {
  readonly rules: readonly string[];
  /** The line it is about; undefined for the whole file. */
  readonly line: number | undefined;
}

const ALLOW = /^ottla:\s*(allow|allow-file)\s+([A-Z]+-\d+(?:\s*,\s*[A-Z]+-\d+)*)(?:\s+(?:because|--)\s*(\S.*))?$/;

/**
 * The findings without those that a comment allows: on the line before (other comments may stand between), or anywhere by `allow-file`. A comment without a reason allows nothing, and is a finding of its own.
 */
export function applySuppressions(findings: readonly Finding[], comments: ReadonlyMap<number, string>, file: string): readonly Finding[] {
  const suppressions: Suppression[] = [];
  const complaints: Finding[] = [];
  for (const [line, comment] of comments) {
    const [, verb, rules, reason] = ALLOW.exec(comment) ?? [];
    if (verb === undefined) {
      if (comment.startsWith("ottla:"))
        complaints.push(complaint(file, line, `"${comment}" allows nothing: it is written "ottla: allow RULE because REASON".`));
      continue;
    }
    if (reason === undefined)
      complaints.push(complaint(file, line, `The comment allows ${rules} and does not say why; say it behind "because".`));
    else suppressions.push({ rules: rules!.split(/\s*,\s*/), line: verb === "allow-file" ? undefined : lineBelow(line, comments) });
  }
  const isAllowed = ({ rule, line }: Finding): boolean =>
    suppressions.some((each) => each.rules.includes(rule) && (each.line === undefined || each.line === line));
  return [...findings.filter((finding) => !isAllowed(finding)), ...complaints];
}

/** The first line below that is no comment. */
function lineBelow(line: number, comments: ReadonlyMap<number, string>): number {
  let below = line + 1;
  while (comments.has(below)) below++;
  return below;
}

function complaint(file: string, line: number, message: string): Finding {
  return { rule: "CFG-05", severity: "warning", confidence: "high", subject: file, file, line, message, evidence: "The comment." };
}
