import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { type Finding, fixFile, hideSecrets, type LintOptions, whyUnmended } from "@ottla/expert";
import type { CommandContext } from "../../command.ts";
import { shown } from "../../output.ts";
import { reasonOf } from "../../reason-of.ts";
import type { LintResult } from "./print-findings.ts";
import { readText } from "./read-text.ts";

/** What was found, and what it takes to mend it. */
export interface LintedPaths extends LintResult {
  readonly options: LintOptions;
  /** Of each file that was judged, by what it is told whether it is still the same. */
  readonly digests: ReadonlyMap<string, string>;
}

/** What is not mended of a run, by its reason. */
const REASONS_MAX = 20;

/** Prints or makes what can be mended; what cannot is said with its reason. The status is that of what is left. */
export async function fixFiles({ options, stdout, stderr, signal }: CommandContext, linted: LintedPaths): Promise<0 | 1> {
  const left: string[] = [];
  const notes: string[] = [];
  const tell = ({ rule, file, line }: Finding, reason: string) =>
    void left.push(`${file ?? ""}${line === undefined ? "" : `:${line}`} ${rule}: ${reason}`);
  for (const [file, findings] of Map.groupBy(linted.findings, (finding) => finding.file ?? "")) {
    signal.throwIfAborted();
    if (findings.every(({ settings }) => !settings)) {
      for (const finding of findings) tell(finding, whyUnmended(finding.rule));
      continue;
    }
    const failure = await fixOne(file, findings, linted, options.has("write"), stdout, tell, notes);
    if (failure !== undefined) for (const finding of findings) tell(finding, failure);
  }
  for (const note of notes) stderr.write(shown`ottla: ${note}\n`);
  if (left.length > 0) {
    const more = left.length > REASONS_MAX ? `  and ${left.length - REASONS_MAX} more\n` : "";
    stderr.write(
      `ottla: ${left.length} findings are not mended; "ottla lint" without --fix shows what to do:\n${left
        .slice(0, REASONS_MAX)
        .map((each) => shown`  ${each}\n`)
        .join("")}${more}`,
    );
  }
  return left.length > 0 || linted.notChecked.some(({ isValueOnly }) => !isValueOnly) ? 1 : 0;
}

/** Why nothing was done to the file; undefined when all was done that can be. */
async function fixOne(
  file: string,
  findings: readonly Finding[],
  { options, digests }: LintedPaths,
  writes: boolean,
  stdout: CommandContext["stdout"],
  tell: (finding: Finding, reason: string) => void,
  notes: string[],
): Promise<string | undefined> {
  const read = await readText(file);
  if ("failure" in read) return read.failure;
  if (read.digest !== digests.get(file)) return CHANGED;
  if (Buffer.from(read.text).includes("\u{fffd}")) return "it has bytes that are no UTF-8, and would be written otherwise";
  const { text, patch, unmended } = await fixFile(file, read.text, findings, options);
  if (writes && text !== read.text) {
    const failure = await writeInPlace(file, text, read.digest);
    if (failure !== undefined) return failure;
    stdout.write(shown`Changed ${file}.\n`);
  } else if (!writes) {
    const { text: shownPatch, hidden } = hideSecrets(patch);
    stdout.write(shownPatch);
    if (hidden > 0)
      notes.push(
        `${file}: ${hidden} ${hidden === 1 ? "line" : "lines"} beside the changes hold what looks like a secret; they are hidden, so this patch is one to read. --write makes the changes.`,
      );
  }
  for (const { finding, reason } of unmended) tell(finding, reason);
  return undefined;
}

const CHANGED = "the file changed since it was judged; run again";

/** Beside the file and then in its place: whatever happens, it is the old one or the new one. A link stays one. */
async function writeInPlace(path: string, text: string, digest: string): Promise<string | undefined> {
  let beside: string | undefined;
  try {
    const target = await realpath(path);
    const { mode } = await stat(target);
    beside = `${target}.${randomUUID()}.ottla-fix`;
    {
      await using file = await open(beside, "wx", mode);
      await file.writeFile(text);
      await file.chmod(mode);
      await file.sync();
    }
    const now = await readText(target);
    if ("failure" in now || now.digest !== digest) {
      await rm(beside, { force: true });
      return CHANGED;
    }
    await rename(beside, target);
    return undefined;
  } catch (error) {
    if (beside !== undefined) await rm(beside, { force: true });
    return `it cannot be written: ${reasonOf(error)}`;
  }
}
