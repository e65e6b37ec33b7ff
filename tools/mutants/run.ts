/**
 * `npm run mutants`: puts each fault of the tables into a copy of the checkout, one at a time, and runs the tests that should notice. Fails when a mutant lives, or
 * when its text is not found any more. With words after `--` only the mutants whose file or rule contains one of them.
 */
import { spawn } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../workspaces.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./table.ts";

/** A mutant that makes the tests hang has been noticed. */
const RUN_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 10_000;
const COPIED = [
  "packages",
  "conformance",
  "tools",
  "docs",
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "README.md",
  "ARCHITECTURE.md",
];

type Fate = "died" | "LIVES" | "STALE";

/** A copy in which sources may be changed: workspaces are its own, other packages are borrowed. */
function copyCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), "ottla-mutants-"));
  const isSource = (path: string): boolean => !/\/(node_modules|dist|\.cache)$/.test(path);
  for (const name of COPIED) cpSync(join(root, name), join(copy, name), { recursive: true, filter: isSource });
  mkdirSync(join(copy, "node_modules", "@ottla"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@ottla" && name !== "ottla" && name !== ".cache")
      symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
  for (const name of readdirSync(join(root, "node_modules", "@ottla"))) {
    const place = name === "conformance" ? name : join("packages", name);
    symlinkSync(join(copy, place), join(copy, "node_modules", "@ottla", name));
  }
  return copy;
}

/** Ends with the first failure: one is enough. */
function testsPass(copy: string, words: readonly string[]): Promise<boolean> {
  const files = globSync(["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "conformance/quick/**/*.test.ts"], { cwd: copy })
    .filter((file) => words.some((word) => file.includes(word)))
    .sort();
  if (files.length === 0) throw new Error(`No test file's path contains ${words.join(" or ")}.`);
  const args = [
    "--conditions=source",
    "--test",
    "--test-isolation=none",
    "--test-reporter=tap",
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...files,
  ];
  const child = spawn(process.execPath, args, {
    cwd: copy,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: RUN_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    if (/^ *not ok /m.test(piece)) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status === 0));
  });
}

async function fateOf(copy: string, { file, find, replace, tests }: Mutant): Promise<Fate> {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2) return "STALE";
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return (await testsPass(copy, tests)) ? "LIVES" : "died";
  } finally {
    writeFileSync(path, source);
  }
}

async function run(words: readonly string[]): Promise<boolean> {
  const wanted = mutants.filter(({ file, rule }) => words.length === 0 || words.some((word) => file.includes(word) || rule.includes(word)));
  const copy = copyCheckout();
  const counts: Record<Fate, number> = { died: 0, LIVES: 0, STALE: 0 };
  try {
    for (const tests of new Set(wanted.map((mutant) => mutant.tests.join("\n")))) {
      if (!(await testsPass(copy, tests.split("\n"))))
        throw new Error(`The tests of ${tests.split("\n").join(", ")} fail without a mutant.`);
    }
    for (const mutant of wanted) {
      const fate = await fateOf(copy, mutant);
      counts[fate]++;
      console.log(`${fate}  ${mutant.file.replace("/src/", "/")}: ${mutant.rule}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  console.log(`${counts.died} died, ${counts.LIVES} live, ${counts.STALE} stale.`);
  return counts.LIVES + counts.STALE === 0;
}

process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
