import { printableJson } from "@ottla/base";
import { type Finding, type NotChecked, sarifLog } from "@ottla/expert";
import { shown } from "../../output.ts";
import type { TextStyle } from "../../text-style.ts";

/** What was found in all. */
export interface LintResult {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** Sets of settings that were judged. */
  readonly documents: number;
  /** Files and folders that git leaves out, too. */
  readonly leftOut: number;
}

export type LintFormat = "text" | "json" | "sarif" | "github";

/** The result in one of the formats. */
export function printFindings(result: LintResult, format: LintFormat, style: TextStyle): string {
  const { findings, notChecked } = result;
  switch (format) {
    case "json":
      return `${printableJson({ findings, notChecked }, 2)}\n`;
    case "sarif":
      return `${printableJson(sarifLog(findings, notChecked), 2)}\n`;
    case "github":
      return findings.map(annotation).join("");
    case "text":
      return text(result, style);
  }
}

function text({ findings, notChecked, documents, leftOut }: LintResult, style: TextStyle): string {
  const parts = findings.map((finding) => paragraph(finding, style));
  if (notChecked.length > 0)
    parts.push(`Not checked:\n${notChecked.map(({ subject, reason }) => shown`  ${subject}: ${reason}\n`).join("")}`);
  const counts = (["error", "warning", "info"] as const).map(
    (severity) => findings.filter((finding) => finding.severity === severity).length,
  );
  const sets = `${documents} ${documents === 1 ? "set" : "sets"} of settings`;
  const sum =
    documents === 0
      ? "There were no settings of Kafka in these files.\n"
      : findings.length === 0
        ? `${style.green("Nothing found")} in ${sets}.\n`
        : `${counts[0]} errors, ${counts[1]} warnings, ${counts[2]} notes in ${sets}. "ottla explain RULE" tells more.\n`;
  const left =
    leftOut === 0 ? "" : `${leftOut} ${leftOut === 1 ? "path that .gitignore names was" : "paths that .gitignore names were"} left out.\n`;
  return [...parts, sum + left].join("\n");
}

function paragraph({ rule, severity, confidence, file, line, key, message, evidence, fix }: Finding, style: TextStyle): string {
  const place = [file, line].filter((part) => part !== undefined).join(":");
  const sureness = confidence === "high" ? "" : `, confidence ${confidence}`;
  return [
    `${style.bold(shown`${place}`)}${key === undefined ? "" : shown`  ${key}`}`,
    `  ${severity === "error" ? style.yellow(severity) : severity} ${rule}: ${shown`${message}`}${style.dim(sureness)}`,
    shown`  Seen: ${evidence}`,
    ...(fix === undefined ? [] : [shown`  Fix: ${fix}`]),
    "",
  ].join("\n");
}

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/** A line that GitHub's workflows show beside the code. */
function annotation({ rule, severity, file, line, message, evidence }: Finding): string {
  const place = file === undefined ? "" : ` file=${property(file)},line=${line ?? 1},title=${rule}`;
  return `::${COMMANDS[severity]}${place}::${data(`${message} (${evidence})`)}\n`;
}

function data(value: string): string {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(value: string): string {
  return data(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
