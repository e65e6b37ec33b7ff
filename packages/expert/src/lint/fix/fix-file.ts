import type { Finding, SettingFix } from "../finding.ts";
import { ADVISED } from "../../rules/advised.ts";
import { judgeFile, type LintOptions } from "../judge-file.ts";
import { readFile } from "../read/read-file.ts";
import { editorOf } from "./editor-of.ts";
import type { FileEditor } from "./file-editor.ts";
import { patchText } from "./patch-text.ts";
import { applyEdits, type TextEdit } from "./text-edit.ts";

/** A finding that a change of the file cannot mend, and why. */
export interface Unmended {
  readonly finding: Finding;
  readonly reason: string;
}

/** A file with what can be mended safely mended. */
export interface FixedFile {
  readonly text: string;
  /** In unified form, as `patch` and `git apply` take it; empty when nothing changes. */
  readonly patch: string;
  readonly mended: readonly Finding[];
  readonly unmended: readonly Unmended[];
}

/** A change can bring out what it hid; what is not done by then goes in circles. */
const ROUNDS_MAX = 5;

/** How often one file is judged again for changes that did not help. */
const TRIES_MAX = 100;

/**
 * Mends the findings of a file by the smallest changes of its text: comments, order, quotes and indentation stay. The file is judged again with the changes; one that does not silence its finding, or
 * after which the file cannot be read, is not made. Nothing is left to do when it is called for its own result.
 */
export async function fixFile(path: string, text: string, findings: readonly Finding[], options: LintOptions = {}): Promise<FixedFile> {
  const mended: Finding[] = [];
  const unmended = new Map<string, Unmended>();
  let [now, open] = [text, findings];
  const tries = { left: TRIES_MAX };
  const seen = new Set([text]);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const editor = await editorOf(path, now);
    const made = await makeChanges(path, now, open, editor, options, tries, unmended);
    if (made.text === now) break;
    if (seen.has(made.text)) {
      for (const finding of made.mended) unmended.set(identity(finding), { finding, reason: "another rule would have it as it is" });
      break;
    }
    seen.add(made.text);
    mended.push(...made.mended);
    now = made.text;
    open = made.left.filter((finding) => finding.settings && !unmended.has(identity(finding)));
  }
  for (const finding of findings) if (!finding.settings) unmended.set(identity(finding), { finding, reason: whyUnmended(finding.rule) });
  return { text: now, patch: patchText(path, text, now), mended, unmended: [...unmended.values()] };
}

/** Why a finding without a change of settings is not mended; as the other reasons a part of a sentence. */
export function whyUnmended(rule: string): string {
  return ADVISED[rule]?.replace(/\.$/, "") ?? "it takes more than a change of a setting";
}

function identity({ rule, key, subject, message }: Finding): string {
  return JSON.stringify([rule, key, subject, message]);
}

interface Changed {
  readonly text: string;
  readonly mended: readonly Finding[];
  /** What is found in the changed text. */
  readonly left: readonly Finding[];
}

async function makeChanges(
  path: string,
  text: string,
  findings: readonly Finding[],
  editor: FileEditor | string,
  options: LintOptions,
  tries: { left: number },
  unmended: Map<string, Unmended>,
): Promise<Changed> {
  const planned: { readonly finding: Finding; readonly edits: readonly TextEdit[] }[] = [];
  const taken = new Map<string, string>();
  for (const finding of findings) {
    if (!finding.settings) continue;
    const edits = typeof editor === "string" ? editor : editsOf(finding.settings, editor, taken);
    if (typeof edits === "string") unmended.set(identity(finding), { finding, reason: edits });
    else planned.push({ finding, edits });
  }
  const before = await judge(path, text, options);
  let kept = planned;
  for (;;) {
    const changed = applyEdits(text, withoutRepeats(kept.flatMap(({ edits }) => edits)));
    const after = changed === text ? before : await judge(path, changed, options);
    const isBroken = after.notChecked > before.notChecked || (after.count < before.count && kept.length > 0);
    // What is found across files is not found in one: only that the file can still be read is known of it.
    const bad = isBroken ? kept.slice(-1) : kept.filter(({ finding }) => after.ids.has(identity(finding)));
    if (bad.length === 0)
      return { text: changed, mended: kept.filter(({ edits }) => edits.length > 0).map(({ finding }) => finding), left: after.findings };
    for (const { finding } of bad)
      unmended.set(identity(finding), {
        finding,
        reason: isBroken
          ? "with the change alone the file could not be read, or not be told for one of Kafka's"
          : "the change alone does not silence it",
      });
    kept = kept.filter((each) => !bad.includes(each));
    if (--tries.left < 0) kept = [];
  }
}

async function judge(path: string, text: string, options: LintOptions) {
  const read = await readFile({ path, text });
  const findings = judgeFile(path, read, options);
  return {
    findings,
    ids: new Set(findings.map(identity)),
    notChecked: read.notChecked.filter(({ isValueOnly }) => !isValueOnly).length,
    count: read.documents.length,
  };
}

/** All changes of a finding, or why one of them cannot be made. Of two that want one setting otherwise the first counts. */
function editsOf(fixes: readonly SettingFix[], editor: FileEditor, taken: Map<string, string>): readonly TextEdit[] | string {
  const edits: TextEdit[] = [];
  for (const fix of fixes) {
    const place = JSON.stringify([fix.key, fix.at?.line, fix.at ? undefined : fix.beside?.line]);
    const wanted = fix.value ?? "\0";
    const other = taken.get(place);
    if (other !== undefined && other !== wanted) return "another finding changes the same setting otherwise";
    taken.set(place, wanted);
    if (other !== undefined) continue;
    const made = editor(fix);
    if (typeof made === "string") return made;
    edits.push(...made);
  }
  return edits;
}

function withoutRepeats(edits: readonly TextEdit[]): readonly TextEdit[] {
  const seen = new Set<string>();
  return edits.filter(({ start, end, text }) => {
    const mark = `${start} ${end} ${text}`;
    return !seen.has(mark) && seen.add(mark);
  });
}
