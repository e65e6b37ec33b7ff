import { readdir, readFile, writeFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { OttlaError } from "@ottla/base";
import {
  countOf,
  type Finding,
  isReadable,
  isSource,
  judgeDeployment,
  judgeFile,
  judgeProject,
  type KafkaVersion,
  type LintOptions,
  type NotChecked,
  type Profile,
  type ProjectFile,
  type ReadFile,
  readLintFile,
  readProgramsTogether,
  type Severity,
  type SourceFile,
  type SourceNote,
  settingsOnly,
  unreadable,
} from "@ottla/expert";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { filesAt } from "../../git-files.ts";
import { shown } from "../../output.ts";
import { reasonOf } from "../../reason-of.ts";
import { textStyle } from "../../text-style.ts";
import { isSchemaText, type SchemaFile } from "../schemas/files/schema-file.ts";
import { typeOfPath } from "../schemas/schema-text.ts";
import { ahead } from "./ahead.ts";
import { baselineText, withoutBaseline } from "./baseline.ts";
import { fixFiles, type LintedPaths } from "./fix-files.ts";
import { type LintFormat, type LintResult, printFindings } from "./print-findings.ts";
import { readConfig } from "./read-config.ts";
import { readText } from "./read-text.ts";
import { type WalkedFile, walkFiles } from "./walk-files.ts";

/** Files that are read while another is judged. */
const FILES_AHEAD = 32;

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

export const lint: RunCommand = async (context) => {
  const { options, stdout, env } = context;
  if (options.has("write") && !options.has("fix")) throw new UsageError("--write goes with --fix: it makes the changes that --fix shows.");
  const all = await lintPaths(context);
  const baseline = options.text("baseline");
  const findings = baseline === undefined ? all.findings : withoutBaseline(all.findings, await readBaseline(baseline), baseline);
  const result = { ...all, findings };
  const target = options.text("write-baseline");
  if (target !== undefined) {
    await writeBaseline(target, baselineText(all.findings));
    stdout.write(shown`Wrote ${all.findings.length} findings to ${target}.\n`);
    return 0;
  }
  if (options.has("fix")) return fixFiles(context, result);
  const format = options.has("json") ? "json" : ((options.text("format") ?? "text") as LintFormat);
  stdout.write(printFindings(result, format, textStyle(stdout, env)));
  return statusOf(result, (options.text("fail-on") ?? "warning") as Severity);
};

/** 1 when something as grave was found, or when what was named could not be checked: that is no all-clear. */
function statusOf({ findings, notChecked }: LintResult, failOn: Severity): 0 | 1 {
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(({ severity }) => grave.includes(severity)) || notChecked.some(({ isValueOnly }) => !isValueOnly) ? 1 : 0;
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

async function lintPaths({ options, positionals, signal }: CommandContext): Promise<LintedPaths> {
  const profile = options.text("profile") as Profile | undefined;
  const version = options.text("kafka-version") as KafkaVersion | undefined;
  const config = await readConfig(options.text("config"));
  const lintOptions: LintOptions = { config, ...(profile && { profile }), ...(version && { version }) };
  const notChecked: NotChecked[] = [];
  const files: ProjectFile[] = [];
  const judged = new Map<string, readonly Finding[]>();
  const digests = new Map<string, string>();
  const met = new Set<string>();
  const notes: SourceNote[] = [];
  const sources = new Map<string, FoundSource>();
  const schemas: (SchemaFile & { readonly read: ReadFile })[] = [];
  let [leftOut, documents] = [0, 0];
  const read = (walked: WalkedFile) => ("isNamed" in walked ? readText(walked.path) : Promise.resolve({ failure: "" }));
  for await (const [walked, readAhead] of ahead(walkFiles(positionals, isReadable, signal), FILES_AHEAD, read)) {
    if ("isLeftOut" in walked) {
      leftOut++;
      continue;
    }
    const path = portable(walked.path);
    // Named twice, or by itself and with its folder, it is one file.
    if (met.has(path)) continue;
    met.add(path);
    const text = "failure" in walked ? walked : readAhead;
    if ("failure" in text) {
      notChecked.push({ subject: path, reason: text.failure });
      continue;
    }
    const found = await orInterrupted(readSafely({ path, text: text.text }), signal);
    notChecked.push(...found.notChecked);
    notes.push(...found.notes);
    if (isSource(path)) sources.set(path, { path: walked.path, importedStems: found.importedStems });
    documents += countOf(found);
    if (countOf(found) > 0) {
      judged.set(path, judgeFile(path, found, lintOptions));
      const schemaType = typeOfPath(path);
      if (schemaType !== undefined && isSchemaText(path, text.text)) schemas.push({ path, schemaType, text: text.text, read: found });
      // Of sources only what they configure is kept: their trees are large.
      files.push({ path, read: settingsOnly(found) });
      if (options.has("fix")) digests.set(path, text.digest);
    } else if ("isNamed" in walked && walked.isNamed && found.notChecked.length === 0)
      notChecked.push({ subject: path, reason: "It holds no settings of Kafka that lint knows." });
  }
  const together = readProgramsTogether(notes, filesOf(sources, signal));
  const next = () => orInterrupted(together.next(), signal);
  for (let turn = await next(); !turn.done; turn = await next()) {
    const { path, read: found } = turn.value;
    const place = files.findIndex((file) => file.path === path);
    const isNew = place < 0;
    if (isNew) documents += countOf(found);
    judged.set(path, judgeFile(path, found, lintOptions));
    files.splice(isNew ? files.length : place, isNew ? 0 : 1, { path, read: settingsOnly(found) });
    const unjudged = isNew ? notChecked.findIndex(({ subject }) => subject === path) : -1;
    if (unjudged >= 0 && countOf(found) > 0) notChecked.splice(unjudged, 1);
  }
  if (schemas.length > 0) {
    const { adviceOnSchemas } = await import("../schemas/advice-on-schemas.ts");
    const advice = await adviceOnSchemas(schemas, signal);
    for (const { path, read: found } of schemas) judged.set(path, judgeFile(path, found, lintOptions, advice.get(path) ?? []));
  }
  const across = Map.groupBy(judgeProject(files, lintOptions), ({ file }) => file);
  const base = options.text("base");
  const deployed = Map.groupBy(base === undefined ? [] : await judgeSince(base, files, lintOptions, signal), ({ file }) => file);
  const findings = files.flatMap(({ path }) =>
    [...(judged.get(path) ?? []), ...(across.get(path) ?? []), ...(deployed.get(path) ?? [])].toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0),
    ),
  );
  return { findings, notChecked, documents, leftOut, options: lintOptions, digests };
}

/** What is wrong in the change from a commit to the files as they are. */
async function judgeSince(
  ref: string,
  files: readonly ProjectFile[],
  options: LintOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const paths = new Set(files.map(({ path }) => path));
  const before: ProjectFile[] = [];
  for (const file of await filesAt(ref, (path) => paths.has(path), "Name a commit that is there with --base COMMIT.", signal)) {
    const read = await orInterrupted(readSafely(file), signal);
    before.push({ path: file.path, read: settingsOnly(read) });
  }
  return judgeDeployment(before, files, options);
}

/** A source as it was found, and what its imports may name files by. */
interface FoundSource {
  readonly path: string;
  readonly importedStems: readonly string[];
}

/** The sources of the run, for those that are looked at beside each other. */
function filesOf(sources: ReadonlyMap<string, FoundSource>, signal: AbortSignal) {
  return {
    sources: new Map([...sources].map(([path, { importedStems }]) => [path, importedStems])),
    textOf: async (path: string): Promise<string | undefined> => {
      signal.throwIfAborted();
      const found = sources.get(path)?.path ?? (/(^|\/)package\.json$/.test(path) ? path : undefined);
      const text = found === undefined ? undefined : await readText(found);
      return text && "text" in text ? text.text : undefined;
    },
    namesIn: (folder: string): Promise<readonly string[]> => readdir(folder === "" ? "." : folder).catch(() => []),
  };
}

/** What a text costs the parser is its thread's; whoever interrupts does not wait for it. */
async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const interrupted = Promise.withResolvers<never>();
  const stop = (): void => interrupted.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, interrupted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Whatever a file holds, the others are looked at. */
async function readSafely(file: SourceFile): Promise<ReadFile> {
  try {
    return await readLintFile(file);
  } catch (error) {
    return unreadable(file.path, `Reading it failed, which is a fault of ours: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** As findings name a file on every system: from here, with slashes. */
function portable(path: string): string {
  const near = relative(process.cwd(), path);
  return (near === "" || near.startsWith("..") ? path : near).split(sep).join("/");
}
