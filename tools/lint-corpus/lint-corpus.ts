/**
 * Counts false alarms: lints the configuration files that others recommend, and compares what is found with docs/lint-corpus.md, where each finding is judged.
 *
 *   npm run test:lint-corpus [-- --mirrors FOLDER] [-- --show SET]
 *
 * The repositories are fetched with git, or out of FOLDER/owner+name/repo.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type Finding, isReadable, lintFiles, type SourceFile } from "@ottla/expert";
import { root } from "../workspaces.ts";
import { CORPUS, type CorpusSet } from "./corpus-sets.ts";

const PROGRAM = /\.([cm]?[jt]sx?|java|kts?|py|go)$/;
const FILE_BYTES_MAX = 1024 * 1024;
const page = join(root, "docs", "lint-corpus.md");
const { values } = parseArgs({ options: { mirrors: { type: "string" }, show: { type: "string" } } });

const folder = mkdtempSync(join(tmpdir(), "ottla-lint-corpus-"));
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function run(): Promise<boolean> {
  const judged = judgedCounts(readFileSync(page, "utf8"));
  let isRight = true;
  for (const set of CORPUS) {
    const files = filesOf(set);
    const { findings, notChecked, documents } = await lintFiles(files, {
      profile: set.profile,
      ...(set.version && { version: set.version }),
    });
    if (values.show === set.name) for (const finding of findings) console.log(lineOf(finding));
    const found = countsOf(findings);
    const wanted = judged.get(set.name) ?? new Map<string, number>();
    const odd = [...new Set([...found.keys(), ...wanted.keys()])].filter((rule) => found.get(rule) !== wanted.get(rule));
    for (const rule of odd)
      console.error(
        `${set.name}: ${rule} is found ${found.get(rule) ?? 0} times; ${wanted.get(rule) ?? 0} are judged in docs/lint-corpus.md. (--show ${set.name} lists them.)`,
      );
    for (const { subject, reason } of notChecked) console.error(`${set.name}: ${subject} is not checked: ${reason}`);
    console.log(
      `${set.name}: ${files.length} files, ${documents} sets of settings, ${findings.length} findings, ${odd.length === 0 ? "each judged" : "NOT as judged"}`,
    );
    isRight &&= odd.length === 0;
  }
  return isRight;
}

function lineOf({ rule, file, line, key, message }: Finding): string {
  return `  ${rule} ${file}:${line ?? ""} ${key ?? ""} ${message}`;
}

function countsOf(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** Rows of the page's tables: set, rule, how often, why it is right. */
function judgedCounts(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const sets = new Map<string, Map<string, number>>();
  for (const [, set, rule, count] of text.matchAll(/^\| ([\w-]+) \| ([A-Z]+-\d+) \| (\d+) \| \S.* \|$/gm)) {
    const counts = sets.get(set!) ?? new Map<string, number>();
    sets.set(set!, counts.set(rule!, Number(count)));
  }
  return sets;
}

function filesOf(set: CorpusSet): readonly SourceFile[] {
  const own = join(folder, set.name);
  mkdirSync(own);
  const repository = values.mirrors === undefined ? cloned(set) : join(values.mirrors, set.repository.replace("/", "+"), "repo");
  const archive = execFileSync("git", ["-C", repository, "archive", set.commit, ...set.paths], { maxBuffer: 256 * 1024 * 1024 });
  execFileSync("tar", ["-x", "-C", own], { input: archive });
  return readdirSync(own, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isReadable(entry.name) && PROGRAM.test(entry.name) === (set.isSources ?? false))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .flatMap((path) => {
      const text = (set.imports ?? []).reduce((whole, [own, name]) => whole.replaceAll(own, name), readFileSync(path, "utf8"));
      return text.length > FILE_BYTES_MAX ? [] : [{ path: relative(own, path), text }];
    });
}

function cloned({ name, repository, commit }: CorpusSet): string {
  const target = join(folder, `${name}.git`);
  execFileSync("git", ["init", "--quiet", "--bare", target]);
  execFileSync("git", ["-C", target, "fetch", "--quiet", "--depth", "1", `https://github.com/${repository}.git`, commit]);
  return target;
}
