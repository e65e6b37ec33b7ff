import { OttlaError } from "@ottla/base";
import { type Finding, type NotChecked, type Severity } from "@ottla/expert";
import { checkCompatibility, type CompatibilityLevel, type ParsedSchema, RegistryError } from "@ottla/registry";
import { changeAdvice } from "@ottla/registry/lint";
import type { CommandContext, RunCommand } from "../../../command.ts";
import { printJson, shown } from "../../../output.ts";
import { textStyle } from "../../../text-style.ts";
import { printFindings } from "../../lint/print-findings.ts";
import { lineOfPlace } from "../files/line-of-place.ts";
import { LinkedFiles } from "../files/link-files.ts";
import { findSchemaFiles, type SchemaFile } from "../files/schema-file.ts";
import { findingOfAdvice } from "./finding-of-advice.ts";
import { openModelHint } from "../open-model-hint.ts";
import { SchemaEngine } from "../schema-engine.ts";
import { type BaseSchemas, baseSchemas, type FileBase } from "./base-schemas.ts";
import { findingOfLost, type LostFile, lostFiles } from "./lost-files.ts";

/** The id that an incompatible change is told under, as lint tells it of versions in files. */
const BREAKING_RULE = "SCH-02";
const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

type Outcome = "fits" | "breaks" | "new" | "unreadable" | "deleted";

/** What became of one file. */
interface CheckedFile {
  readonly file: string;
  readonly subject: string;
  readonly level: CompatibilityLevel;
  readonly outcome: Outcome;
  readonly passesUnder: readonly CompatibilityLevel[];
  readonly findings: readonly Finding[];
  readonly hint?: string;
}

/** What files are checked with. */
interface Checking {
  readonly linked: LinkedFiles;
  readonly engine: SchemaEngine;
  readonly bases: BaseSchemas;
}

export const checkSchemas: RunCommand = async (context) => {
  const { options, signal } = context;
  const { files, unreadable } = await findSchemaFiles(context);
  const engine = await SchemaEngine.load();
  const base = await baseSchemas(context, engine);
  const checking: Checking = { linked: new LinkedFiles(files, { locked: base.locked }), engine, bases: base };
  const checked = new Map<string, CheckedFile>();
  for (const file of files) {
    signal.throwIfAborted();
    checked.set(file.path, await checkFile(file, checking));
  }
  for (const lost of await findLost(context, files, checked, checking)) {
    const finding = findingOfLost(BREAKING_RULE, base.name, lost);
    if (lost.now === undefined) {
      const { path: file } = lost.file;
      checked.set(file, { file, subject: lost.subject, level: "NONE", outcome: "deleted", passesUnder: [], findings: [finding] });
      continue;
    }
    // Under its old path it is the subject's that it was.
    const renamed = await checkFile(lost.now, checking, { ...lost.now, path: lost.file.path });
    checked.set(lost.now.path, { ...renamed, findings: [finding, ...renamed.findings] });
  }
  const notChecked: NotChecked[] = unreadable.map(({ path, reason }) => ({ subject: path, reason }));
  const failOn = (options.text("fail-on") ?? "error") as Severity;
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  const isGood =
    notChecked.length === 0 && ![...checked.values()].some(({ findings }) => findings.some(({ severity }) => grave.includes(severity)));
  print(context, base, [...checked.values()], notChecked);
  return isGood ? 0 : 1;
};

async function findLost(
  { positionals }: CommandContext,
  files: readonly SchemaFile[],
  checked: ReadonlyMap<string, CheckedFile>,
  { linked, engine, bases }: Checking,
): Promise<readonly LostFile[]> {
  if (bases.olderFiles.length === 0) return [];
  const newFiles = files
    .filter(({ path }) => checked.get(path)?.outcome === "new")
    .map((file) => ({ file, text: engine.parse(file.schemaType, file.text, linked.resolvedOf(file)).canonical }));
  return lostFiles(bases, positionals, newFiles, async ({ file }) => (await bases.of(file)).versions.at(-1)?.schema.canonical);
}

/** `older`: the file as it was called when older versions of it were made. */
async function checkFile(file: SchemaFile, { linked, engine, bases }: Checking, older: SchemaFile = file): Promise<CheckedFile> {
  let schema: ParsedSchema;
  try {
    schema = engine.parse(file.schemaType, file.text, linked.resolvedOf(file));
  } catch (error) {
    if (!(error instanceof OttlaError)) throw error;
    const line = error instanceof RegistryError && error.path !== "" ? lineOfError(file, error.path) : 1;
    const finding = findingOf(file, { severity: "error", line, message: error.message, evidence: "The schema cannot be read.", key: "" });
    return { file: file.path, subject: "", level: "NONE", outcome: "unreadable", passesUnder: [], findings: [finding] };
  }
  const base = await bases.of(older);
  const verdict = checkCompatibility(schema, base.versions, base.level, base.policy);
  const differences = verdict.incompatibilities.flatMap(({ version, direction, differences: found }) =>
    found.map(({ kind, path, message, reader, writer }): Finding => {
      const [older, newer] = direction === "backward" ? [writer, reader] : [reader, writer];
      const pieces = [...(older === undefined ? [] : [`was ${older}`]), ...(newer === undefined ? [] : [`is ${newer}`])];
      const evidence = [
        `${kind} at ${path === "" ? "/" : path}, against ${versionName(base, version)} of ${base.subject} under ${base.level}`,
        ...pieces,
      ].join("; ");
      return findingOf(file, { severity: "error", line: lineOfPlace(file.schemaType, file.text, path), key: path, message, evidence });
    }),
  );
  const latest = base.versions.at(-1);
  const advice = latest === undefined ? [] : changeAdvice(latest.schema, schema).map((each) => findingOfAdvice(file, each));
  const hint = openModelHint(verdict.incompatibilities.flatMap(({ differences: found }) => found.map(({ kind }) => kind)));
  return {
    file: file.path,
    subject: base.subject,
    level: base.level,
    outcome: latest === undefined ? "new" : verdict.isCompatible ? "fits" : "breaks",
    passesUnder: verdict.passesUnder,
    findings: [...differences, ...advice],
    ...(hint !== undefined && { hint }),
  };
}

function versionName({ versions }: FileBase, version: number): string {
  return versions.length === 1 && version === 1 ? "the version before" : `version ${version}`;
}

/** A place as formats tell it: a pointer, or line and column. */
function lineOfError({ schemaType, text }: SchemaFile, path: string): number {
  const line = /^(\d+):\d+$/.exec(path)?.[1];
  return line === undefined ? lineOfPlace(schemaType, text, path) : Number(line);
}

interface FileHit {
  readonly severity: Severity;
  readonly line: number;
  readonly key: string;
  readonly message: string;
  readonly evidence: string;
}

function findingOf(file: SchemaFile, hit: FileHit): Finding {
  return { rule: BREAKING_RULE, confidence: "high", subject: file.schemaType, file: file.path, ...hit };
}

function print(context: CommandContext, base: BaseSchemas, checked: readonly CheckedFile[], notChecked: readonly NotChecked[]): void {
  const { options, stdout, env } = context;
  const format = options.text("format") ?? (env["GITHUB_ACTIONS"] === "true" ? "github" : "text");
  const findings = checked.flatMap((each) => each.findings);
  if (options.has("json")) return printJson(context, { against: base.name, files: checked, notChecked });
  const style = textStyle(stdout, env);
  if (format === "github") stdout.write(printFindings({ findings, notChecked, documents: checked.length, leftOut: 0 }, "github", style));
  for (const { file, subject, level, outcome, passesUnder, findings: own, hint } of checked) {
    if (outcome === "fits" && own.length === 0) continue;
    const words: Readonly<Record<Outcome, string>> = {
      fits: `fits ${subject} under ${level}`,
      breaks: `does not fit ${subject} under ${level}; it would pass under ${passesUnder.join(", ")}`,
      new: `is new: nothing to compare ${subject} with`,
      unreadable: "cannot be read",
      deleted: "is there no more",
    };
    const line = shown`${file} ${words[outcome]}.`;
    stdout.write(`${outcome === "breaks" || outcome === "unreadable" || outcome === "deleted" ? style.yellow(line) : line}\n`);
    for (const { rule, severity, line: place, message, evidence } of own)
      stdout.write(shown`  ${file}:${place ?? 1} ${severity} ${rule}: ${message}\n    ${evidence}\n`);
    if (hint !== undefined) stdout.write(`  ${hint}\n`);
  }
  for (const { subject, reason } of notChecked) stdout.write(shown`${subject} was not checked: ${reason}\n`);
  const broken = checked.filter(({ outcome }) => outcome === "breaks" || outcome === "unreadable").length;
  const gone = checked.filter(({ outcome }) => outcome === "deleted").length;
  const there = checked.length - gone;
  const count = `${there} ${there === 1 ? "schema" : "schemas"} against ${base.name}${gone === 0 ? "" : `; ${gone} deleted`}`;
  stdout.write(shown`${broken === 0 ? `No consumer would break: ${count}` : `${broken} of ${count} would break consumers`}.\n`);
}
