import type { Finding } from "../lint/finding.ts";
import type { SourceHit, SourceRule } from "../rules/source-rule.ts";
import type { Program, ProgramDocument } from "./model/program.ts";

/** Rules that speak of what a text does, and not of what it lacks: those that hold for a block of code in a document. */
const OF_WHAT_IS_THERE: ReadonlySet<string> = new Set(
  "PRD-13 SRC-01 SRC-03 SRC-04 SRC-05 SRC-06 SRC-07 SRC-11 SRC-13 STR-02 STR-03 STR-04 STR-12".split(" "),
);

/** Judges a program by every rule over sources; a block of code in a document by those that speak of what is there. */
export function judgeProgram(program: Program, rules: readonly SourceRule[]): readonly Finding[] {
  const chosen = program.isBlock ? rules.filter(({ id }) => OF_WHAT_IS_THERE.has(id)) : rules;
  return chosen.flatMap((rule) => rule.check(program).map((hit) => findingOf(rule, hit, program)));
}

function findingOf(rule: SourceRule, { at, message, evidence, fix, severity, confidence }: SourceHit, program: Program): Finding {
  const instead = rule.instead?.[program.code.language];
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    confidence: confidence ?? rule.confidence,
    subject: program.libraries.map(({ title }) => title).join(", "),
    file: program.path,
    line: at.line,
    message,
    evidence: evidence ?? program.lineText(at.line),
    fix: fix ?? (instead === undefined ? rule.fix : `${rule.fix} ${instead}`),
  };
}

/** Rules that speak of what Kafka's Java client does by itself, or of keys as such. */
const OF_JAVA_ALONE = /^(CFG-|PRD-03$|PRD-09$|CNS-04$|SEC-12$)/;

/** Whether a finding about a client's settings can be believed: a library with names or defaults of its own is not judged by Kafka's, and what a file leaves open is not called missing. */
export function isBelieved({ library, isOpen, assumed, document }: ProgramDocument, finding: Finding): boolean {
  const isOfJava = library.id === "java" || library.id === "spring";
  if (!isOfJava && OF_JAVA_ALONE.test(finding.rule)) return false;
  const { key } = finding;
  if (key === undefined) return false;
  if (assumed.has(key)) return false;
  // What Apache Kafka's client takes by itself another may not.
  if (!isOfJava && key !== "security.protocol" && finding.evidence.includes("its default is") && finding.rule !== "PRD-16") return false;
  return document.entries.some((entry) => entry.key === key) || !isOpen;
}

/** A finding about a client's settings in the program's own terms: what another file says is said to stand there, and what the library takes by itself is no remedy. */
export function asOfProgram({ library, document }: ProgramDocument, finding: Finding): Finding {
  const from = document.entries.findLast(({ key }) => key === finding.key)?.from;
  if (from !== undefined) {
    const { settings: _, ...rest } = finding;
    return { ...rest, evidence: `${finding.evidence}, from ${from}` };
  }
  if (!finding.settings) return finding;
  const set: string[] = [];
  const settings = finding.settings.map((fix) => {
    if (fix.value !== undefined || library.defaults?.[fix.key] !== "false") return fix;
    set.push(fix.at?.spelling ?? fix.key);
    return { ...fix, value: "true" };
  });
  return { ...finding, settings, ...(set.length > 0 && { fix: `Set ${set.join(" and ")} to true; ${library.title} does not by itself.` }) };
}
