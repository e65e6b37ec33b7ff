import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { OttlaError } from "@ottla/base";
import {
  type Finding,
  fixProperties,
  isReadable,
  type KafkaVersion,
  type LintOptions,
  lintFile,
  type NotChecked,
  type Profile,
  type Severity,
} from "@ottla/expert";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { shown } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { baselineText, withoutBaseline } from "./baseline.ts";
import { type LintFormat, type LintResult, printFindings } from "./print-findings.ts";
import { reasonOf, walkFiles } from "./walk-files.ts";

/** What is larger is no configuration. */
const FILE_BYTES_MAX = 1024 * 1024;

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

export const lint: RunCommand = async (context) => {
  const { options, stdout, env } = context;
  if (options.has("write") && !options.has("fix")) throw new UsageError("--write goes with --fix: it makes the changes that --fix shows.");
  const texts = new Map<string, string>();
  const all = await lintPaths(context, texts);
  const baseline = options.text("baseline");
  const findings = baseline === undefined ? all.findings : withoutBaseline(all.findings, await readBaseline(baseline), baseline);
  const result = { ...all, findings };
  const target = options.text("write-baseline");
  if (target !== undefined) {
    await writeBaseline(target, baselineText(all.findings));
    stdout.write(shown`Wrote ${all.findings.length} findings to ${target}.\n`);
    return 0;
  }
  if (options.has("fix")) return fix(context, result, texts);
  const format = options.has("json") ? "json" : ((options.text("format") ?? "text") as LintFormat);
  stdout.write(printFindings(result, format, textStyle(stdout, env)));
  return statusOf(result, (options.text("fail-on") ?? "warning") as Severity);
};

/** 1 when something as grave was found, or when what was named could not be checked: that is no all-clear. */
function statusOf({ findings, notChecked }: LintResult, failOn: Severity): 0 | 1 {
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(({ severity }) => grave.includes(severity)) || notChecked.length > 0 ? 1 : 0;
}

async function writeBaseline(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new OttlaError("BASELINE_UNWRITABLE", `The baseline ${path.slice(0, 200)} cannot be written: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function readBaseline(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new OttlaError("INVALID_BASELINE", `The baseline ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function lintPaths({ options, positionals, signal }: CommandContext, texts: Map<string, string>): Promise<LintResult> {
  const profile = options.text("profile") as Profile | undefined;
  const version = options.text("kafka-version") as KafkaVersion | undefined;
  const lintOptions: LintOptions = { ...(profile && { profile }), ...(version && { version }) };
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  let documents = 0;
  for await (const walked of walkFiles(positionals, isReadable, signal)) {
    const path = portable(walked.path);
    if ("failure" in walked) {
      notChecked.push({ subject: path, reason: walked.failure });
      continue;
    }
    const read = await readText(walked.path);
    if ("failure" in read) {
      notChecked.push({ subject: path, reason: read.failure });
      continue;
    }
    const linted = await lintFile({ path, text: read.text }, lintOptions);
    texts.set(path, read.text);
    findings.push(...linted.findings);
    notChecked.push(...linted.notChecked);
    documents += linted.documents;
    if (walked.isNamed && linted.documents === 0 && linted.notChecked.length === 0)
      notChecked.push({ subject: path, reason: "It holds no settings of Kafka that lint knows." });
  }
  return { findings, notChecked, documents };
}

async function readText(path: string): Promise<{ readonly text: string } | { readonly failure: string }> {
  try {
    if ((await stat(path)).size > FILE_BYTES_MAX) return { failure: `It is larger than ${FILE_BYTES_MAX} bytes.` };
    const bytes = await readFile(path);
    return bytes.includes(0) ? { failure: "It is no text." } : { text: bytes.toString("utf8") };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

/** As findings name a file on every system: from here, with slashes. */
function portable(path: string): string {
  const near = relative(process.cwd(), path);
  return (near === "" || near.startsWith("..") ? path : near).split(sep).join("/");
}

/** Prints or makes what can be mended. The status is that of what is left. */
async function fix(
  { options, stdout, stderr }: CommandContext,
  { findings, notChecked }: LintResult,
  texts: ReadonlyMap<string, string>,
): Promise<0 | 1> {
  const mendable = findings.filter(({ file, settings }) => file?.endsWith(".properties") && settings);
  for (const file of new Set(mendable.map((finding) => finding.file!))) {
    const { text, patch } = fixProperties(
      file,
      texts.get(file)!,
      mendable.filter((finding) => finding.file === file),
    );
    if (!options.has("write")) {
      stdout.write(patch);
      continue;
    }
    // Beside the file and then in its place: whatever happens, it is the old one or the new one.
    const beside = `${file}.ottla-fix`;
    await writeFile(beside, text, { mode: (await stat(file)).mode });
    await rename(beside, file);
    stdout.write(shown`Changed ${file}.\n`);
  }
  const left = findings.length - mendable.length;
  if (left > 0) stderr.write(`ottla: ${left} findings cannot be mended by a change of a setting; "ottla lint" without --fix shows them.\n`);
  return left > 0 || notChecked.length > 0 ? 1 : 0;
}
