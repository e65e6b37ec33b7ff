/**
 * `npm run mutants`: puts each fault of the tables into a copy of the checkout, one at a time, and runs the tests that should notice. Fails when a mutant lives, or
 * when its text is not found any more, or its tests fail without it. One whose `harmless` says why no test can die of it may live; one that dies all the same is told.
 * With words after `--` only the mutants whose file or rule contains one of them.
 */
import { spawn } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../workspaces.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./table.ts";

/** Tests without a mutant may take as long as the machine is busy. */
const BASELINE_TIMEOUT_MS = 300_000;
/** A mutant that makes the tests hang has been noticed: they get so many times what they took without it, and some more. */
const SLOWER_AT_MOST = 4;
const MORE_MS = 20_000;
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
  "SKIPPED.md",
];

/** `harmless`: it lives and the table says why that does no harm. `UNTRIED`: its tests fail without it as well. */
type Fate = "died" | "harmless" | "LIVES" | "STALE" | "UNTRIED";

/** Property and model tests with a part of their runs, which most mutants die of, or with all. */
type Runs = "some" | "all";

/** How a run of tests ended. */
interface RunEnd {
  readonly passed: boolean;
  readonly tookMs: number;
  /** The first line of the first failure, or what else was wrong. */
  readonly fault: string;
}

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
  // What a workspace has in a version of its own.
  for (const name of globSync("packages/*/node_modules", { cwd: root })) symlinkSync(join(root, name), join(copy, name));
  return copy;
}

/** Ends with the first failure: one is enough. */
function runTests(copy: string, words: readonly string[], runs: Runs, timeoutMs: number): Promise<RunEnd> {
  const files = globSync(["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "conformance/quick/**/*.test.ts"], { cwd: copy })
    .filter((file) => words.some((word) => file.includes(word)))
    .sort();
  if (files.length === 0) throw new Error(`No test file's path contains ${words.join(" or ")}.`);
  const args = [
    "--conditions=source",
    "--test",
    "--test-isolation=none",
    "--test-reporter=tap",
    `--test-timeout=${Math.ceil(timeoutMs / 2)}`,
    ...files,
  ];
  const begunMs = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: copy,
    env: { ...process.env, NODE_COMPILE_CACHE: join(copy, ".compiled"), ...(runs === "all" && { OTTLA_LONG_TESTS: "1" }) },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let fault = `they did not end within ${timeoutMs} ms`;
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    const failure = /^ *not ok .*/m.exec(piece);
    if (failure === null) return;
    fault = failure[0].trim();
    child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ passed: status === 0, tookMs: performance.now() - begunMs, fault }));
  });
}

/** How long the tests of a mutant may take; undefined when they fail without it too, twice, which is told. */
async function limitFor(copy: string, words: readonly string[], runs: Runs): Promise<number | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const { passed, tookMs, fault } = await runTests(copy, words, runs, BASELINE_TIMEOUT_MS);
    if (passed) return Math.ceil(tookMs * SLOWER_AT_MOST) + MORE_MS;
    console.log(`The tests of ${words.join(", ")} fail without a mutant: ${fault}.`);
  }
  return undefined;
}

/** The same tests for several mutants: what they may take is measured once, with all runs only when a mutant outlived some. */
class TestGroup {
  readonly #copy: string;
  readonly #words: readonly string[];
  readonly #limits = new Map<Runs, Promise<number | undefined>>();

  constructor(copy: string, words: readonly string[]) {
    this.#copy = copy;
    this.#words = words;
  }

  async fateOf({ file, find, replace, harmless }: Mutant): Promise<Fate> {
    const path = join(this.#copy, file);
    const source = readFileSync(path, "utf8");
    if (source.split(find).length !== 2) return "STALE";
    const mutated = source.replace(find, () => replace);
    for (const runs of ["some", "all"] as const) {
      const limitMs = await this.#limit(runs);
      if (limitMs === undefined) return "UNTRIED";
      writeFileSync(path, mutated);
      try {
        if (!(await runTests(this.#copy, this.#words, runs, limitMs)).passed) return "died";
      } finally {
        writeFileSync(path, source);
      }
    }
    return harmless === undefined ? "LIVES" : "harmless";
  }

  #limit(runs: Runs): Promise<number | undefined> {
    const known = this.#limits.get(runs) ?? limitFor(this.#copy, this.#words, runs);
    this.#limits.set(runs, known);
    return known;
  }
}

async function run(words: readonly string[]): Promise<boolean> {
  const wanted = mutants.filter(({ file, rule }) => words.length === 0 || words.some((word) => file.includes(word) || rule.includes(word)));
  const copy = copyCheckout();
  const counts: Record<Fate, number> = { died: 0, harmless: 0, LIVES: 0, STALE: 0, UNTRIED: 0 };
  const byTests = Map.groupBy(wanted, ({ tests }) => tests.join("\n"));
  let tried = 0;
  try {
    for (const group of byTests.values()) {
      const tests = new TestGroup(copy, group[0]!.tests);
      for (const mutant of group) {
        const fate = await tests.fateOf(mutant);
        counts[fate]++;
        const note = fate === "died" && mutant.harmless !== undefined ? " (the table says that it lives, harmless)" : "";
        console.log(`${++tried}/${wanted.length} ${fate}  ${mutant.file.replace("/src/", "/")}: ${mutant.rule}${note}`);
      }
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  const { died, harmless, LIVES, STALE, UNTRIED } = counts;
  console.log(`${died} died, ${harmless} live and are harmless, ${LIVES} live, ${STALE} stale, ${UNTRIED} untried.`);
  return died + harmless === wanted.length;
}

process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
