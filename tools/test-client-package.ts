/**
 * `npm run test:client-package`: packs `@ottla/client` and what it stands on as npm would publish them, holds them against publint and attw, installs them in an empty folder and runs
 * one scenario there on Node 22, 24 and 26, Bun and Deno against a broker of ours. `docs/runtimes.md` must show what came out; `-- --write` writes it. `-- --only Bun` runs some.
 */
import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { CLIENT_LIBRARIES } from "./pack-libraries.ts";
import { PackedProject } from "./packed-project.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import { root } from "./workspaces.ts";

const RUN_TIMEOUT_MS = 180_000;
const PAGE = join(root, "docs", "runtimes.md");
const SCENARIO = join(root, "tools", "client-package", "scenario.mjs");
const ENDS = "the process ends by itself";

/** What a feature came to; the error is undefined when it works. */
type Outcomes = Map<string, string | undefined>;

const { values } = parseArgs({ options: { write: { type: "boolean", default: false }, only: { type: "string" } } });
const wanted = runtimes.filter(({ name }) => values.only === undefined || name.includes(values.only));
try {
  using project = await PackedProject.install(CLIENT_LIBRARIES, wanted);
  project.lint();
  const built = project.run("find", ["node_modules", "-name", "binding.gyp", "-not", "-path", "*/node-gyp/*"]).output.trim();
  if (built !== "") throw new Error(`Something is compiled when the client is installed: ${built}`);
  cpSync(SCENARIO, join(project.folder, "scenario.mjs"));
  const outcomes = new Map<Runtime, Outcomes>();
  for (const runtime of wanted) outcomes.set(runtime, await outcomesOn(runtime, project));
  judge(outcomes);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function outcomesOn(runtime: Runtime, project: PackedProject): Promise<Outcomes> {
  await using broker = await startBroker({ logger: silentLogger });
  const child = spawn(project.program(runtime), [...runtime.words, "scenario.mjs", broker.bootstrap], {
    cwd: project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_TIMEOUT_MS);
  const status = await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  clearTimeout(timer);
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  const outcomes: Outcomes = new Map();
  for (const line of lines) {
    const { feature, error } = JSON.parse(line) as { feature: string; error?: string };
    outcomes.set(feature, error);
  }
  outcomes.set(ENDS, status === 0 ? undefined : `it ended with ${String(status)}: ${errors.slice(-500)}`);
  for (const [feature, error] of outcomes) if (error !== undefined) console.log(`${runtime.name}: ${feature}: ${error}`);
  console.log(
    `${runtime.name}: ${[...outcomes.values()].filter((error) => error === undefined).length} of ${outcomes.size} features work.`,
  );
  return outcomes;
}

/** Node must do everything; the page must show what the others do. */
function judge(outcomes: ReadonlyMap<Runtime, Outcomes>): void {
  const failing = [...outcomes].filter(
    ([{ name }, each]) => name.startsWith("Node") && [...each.values()].some((error) => error !== undefined),
  );
  for (const [{ name }] of failing) console.error(`FAILED ${name} does not do everything.`);
  if (failing.length > 0) process.exitCode = 1;
  if (values.only !== undefined) return;
  const page = pageOf(outcomes);
  if (values.write) writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, "utf8") !== page) {
    console.error("FAILED docs/runtimes.md does not show what came out; look at it after `npm run test:client-package -- --write`.");
    process.exitCode = 1;
  }
}

function pageOf(outcomes: ReadonlyMap<Runtime, Outcomes>): string {
  const names = [...outcomes.keys()].map(({ name }) => name);
  const features = [...new Set([...outcomes.values()].flatMap((each) => [...each.keys()]))];
  const rows = features.map((feature) => {
    const cells = [...outcomes.values()].map((each) =>
      !each.has(feature) ? "not reached" : each.get(feature) === undefined ? "yes" : "no",
    );
    return `| ${[feature, ...cells].join(" | ")} |`;
  });
  return `# Where \`@ottla/client\` runs

Written by \`npm run test:client-package -- --write\` from a run: the packed client, installed in an empty folder from its tarballs, against Ottla's broker. Nothing is compiled when it
is installed; the faster codecs come prebuilt, and where they cannot be loaded script versions do their work.

| feature | ${names.join(" | ")} |
|---|${names.map(() => "---").join("|")}|
${rows.join("\n")}
`;
}
