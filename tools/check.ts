/**
 * `npm run check`: everything but the tests, in parallel where there are cores. Prints one line per step, and what a failed one has to say.
 * With words after `--` only the steps whose name contains one of them.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { checkFloors } from "./check-floors.ts";
import { checkLayers } from "./check-layers.ts";
import { checkTidy } from "./check-tidy.ts";
import { staleMutants } from "./mutants/stale-mutants.ts";
import { root } from "./workspaces.ts";

interface Outcome {
  readonly isGood: boolean;
  readonly text: string;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome> | Outcome;
}

const generator = "tools/generate/generate.ts";

/** The longest first, so that the short ones fill the gaps. */
const steps: readonly Step[] = [
  { name: "types (tsc -b)", run: () => runTool("tsc", ["-b", "tsconfig.json"]) },
  { name: "types of tools", run: () => runTool("tsc", ["-p", "tools"]) },
  { name: "types of conformance", run: () => runTool("tsc", ["-p", "conformance"]) },
  { name: "types of the console's pages", run: () => runTool("tsc", ["-p", "packages/console/src/ui"]) },
  { name: "lint (oxlint)", run: () => runTool("oxlint", ["--type-aware", "--deny-warnings"]) },
  { name: "unused (knip)", run: () => runTool("knip", ["--no-progress"]) },
  ...(existsSync(join(root, generator))
    ? [{ name: "generated code", run: () => runTool("node", ["--conditions=source", generator, "--check"]) }]
    : []),
  { name: "format (biome)", run: () => runTool("biome", ["format", "--reporter=summary"]) },
  { name: "status page", run: () => runTool("node", ["--conditions=source", "tools/status.ts", "--check"]) },
  { name: "layers and floors", run: () => report([...checkLayers(), ...checkFloors()]) },
  { name: "bundle (esbuild)", run: () => runTool("node", ["--conditions=source", "tools/bundle.ts"]) },
  { name: "mutants' places", run: () => report(staleMutants()) },
  { name: "tidy", run: tidy },
];

function tidy(): Outcome {
  const { errors, warnings } = checkTidy();
  return report(errors, warnings);
}

function report(errors: readonly string[], warnings: readonly string[] = []): Outcome {
  return { isGood: errors.length === 0, text: [...errors, ...warnings.map((warning) => `warning: ${warning}`)].join("\n") };
}

function runTool(tool: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    const child = spawn(join(root, "node_modules", ".bin", tool), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", (error) => resolve({ isGood: false, text: `${tool} could not be started: ${error.message}` }));
    child.on("close", (status) => resolve({ isGood: status === 0, text: Buffer.concat(output).toString().trim() }));
  });
}

async function runSteps(wanted: readonly Step[]): Promise<boolean> {
  const waiting = [...wanted];
  let isGood = true;
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedMs = performance.now();
      const outcome = await step.run();
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.log(`${outcome.isGood ? "ok    " : "FAILED"} ${step.name.padEnd(28)} ${seconds.padStart(5)} s`);
      if (outcome.text !== "" && (!outcome.isGood || outcome.text.startsWith("warning"))) console.log(outcome.text);
      isGood &&= outcome.isGood;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return isGood;
}

const words = process.argv.slice(2);
const isGood = await runSteps(steps.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word))));
console.log(isGood ? "All checks passed." : "Some checks failed.");
process.exitCode = isGood ? 0 : 1;
