import { BY_HAND } from "./by-hand.ts";
import { harmRank } from "./harm.ts";
import type { ClusterHit, ClusterRule } from "./cluster-rule.ts";
import type { Consequence, DoctorFinding } from "./doctor-report.ts";

/** A hit with the rule that made it. */
export interface RuleHit {
  readonly rule: ClusterRule;
  readonly hit: ClusterHit;
}

/** Of more consequences the first are told, and how many there are. */
const CONSEQUENCES_MAX = 20;

const SEVERITIES = ["error", "warning", "info"];

/** Findings from hits: what one explains stands under it, the gravest come first. A chain of causes is told under its beginning; a circle is none. */
export function foldFindings(hits: readonly RuleHit[]): readonly DoctorFinding[] {
  const byCause = new Map<string, RuleHit>();
  for (const each of hits) if (each.hit.cause !== undefined && !byCause.has(each.hit.cause)) byCause.set(each.hit.cause, each);
  const folded = new Map<RuleHit, RuleHit[]>();
  const roots: RuleHit[] = [];
  for (const each of hits) {
    const root = rootOf(each, byCause);
    if (root === each) {
      roots.push(each);
      continue;
    }
    const under = folded.get(root);
    if (under) under.push(each);
    else folded.set(root, [each]);
  }
  return roots.map((root) => findingOf(root, folded.get(root) ?? [])).toSorted(graver);
}

function rootOf(start: RuleHit, byCause: ReadonlyMap<string, RuleHit>): RuleHit {
  const passed = new Set([start]);
  let root = start;
  for (;;) {
    const cause = root.hit.explainedBy?.map((name) => byCause.get(name)).find((each) => each !== undefined && each !== root);
    if (cause === undefined) return root;
    if (passed.has(cause)) return start;
    passed.add(cause);
    root = cause;
  }
}

function findingOf({ rule, hit }: RuleHit, consequences: readonly RuleHit[]): DoctorFinding {
  const harms = [hit.harm ?? rule.harm, ...consequences.map((each) => each.hit.harm ?? each.rule.harm)];
  const severities = [hit.severity ?? rule.severity, ...consequences.map((each) => each.hit.severity ?? each.rule.severity)];
  const byHand = (hit.changes ?? []).some(({ kind }) => kind !== "manual") ? undefined : BY_HAND[rule.id];
  return {
    rule: rule.id,
    severity: severities.toSorted((a, b) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b))[0]!,
    confidence: hit.confidence ?? rule.confidence,
    harm: harms.toSorted((a, b) => harmRank(a) - harmRank(b))[0]!,
    subject: hit.subject,
    message: hit.message,
    evidence: hit.evidence,
    fix: hit.fix ?? rule.fix,
    ...(hit.changes && hit.changes.length > 0 && { changes: hit.changes }),
    ...(byHand !== undefined && { byHand }),
    ...(consequences.length > 0 && { consequences: consequencesOf(consequences) }),
  };
}

function consequencesOf(hits: readonly RuleHit[]): readonly Consequence[] {
  const sorted = hits.toSorted((a, b) => harmRank(a.hit.harm ?? a.rule.harm) - harmRank(b.hit.harm ?? b.rule.harm));
  const told = sorted.slice(0, CONSEQUENCES_MAX).map(({ rule, hit }) => ({
    rule: rule.id,
    severity: hit.severity ?? rule.severity,
    subject: hit.subject,
    message: hit.message,
  }));
  const left = sorted.length - told.length;
  if (left > 0) told.push({ rule: "", severity: "info", subject: `${left} more`, message: `${left} more consequences of the same cause.` });
  return told;
}

function graver(a: DoctorFinding, b: DoctorFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    harmRank(a.harm) - harmRank(b.harm) ||
    (b.consequences?.length ?? 0) - (a.consequences?.length ?? 0) ||
    compare(a.rule, b.rule) ||
    compare(a.subject, b.subject)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
