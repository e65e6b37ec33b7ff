/**
 * `npm run test:streams-package`: packs `@ottla/streams` and what it stands on as npm would publish them, holds them against publint and attw, and is a newcomer with them in an empty folder:
 * the code of the README and of `docs/guides/streams.md` on each Node, stores on the disk from lmdb's prebuilt binary, an application on threads with a broker of ours, and the same code under several compilers of TypeScript and ways to
 * resolve modules, where wrong programs must still be refused. `-- --only 22` takes some versions of Node.
 */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startOttla } from "../conformance/src/ottla/broker.ts";
import { STREAMS_LIBRARIES } from "./pack-libraries.ts";
import { PackedProject } from "./packed-project.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import { root } from "./workspaces.ts";

/** The oldest compiler whose users can read our types, and later ones. */
const COMPILERS: Readonly<Record<string, string>> = { "typescript-5.8": "5.8.3", "typescript-5.9": "5.9.3", "typescript-7.0": "7.0.2" };
const WAYS: Readonly<Record<string, object>> = {
  bundler: { module: "esnext", moduleResolution: "bundler", skipLibCheck: false },
  node16: { module: "node16", moduleResolution: "node16", skipLibCheck: false },
  nodenext: { module: "nodenext", skipLibCheck: true },
};
const GUIDE = join(root, "docs", "guides", "streams.md");
const STREAMS = join(root, "packages", "streams");
/** What the compiler must refuse; of the sources it needs only what the package exports. */
const WRONG_PROGRAMS = join(STREAMS, "src", "driver", "wrong-programs.types.ts");

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const nodes = runtimes.filter(({ name }) => name.startsWith("Node") && name.includes(values.only));
const compilers = Object.fromEntries(Object.entries(COMPILERS).map(([alias, version]) => [alias, `npm:typescript@${version}`]));
let failures = 0;
const broker = await startOttla({ isInMemory: true });
try {
  using project = await PackedProject.install(STREAMS_LIBRARIES, nodes, { ...compilers, "@types/node": "22.20.5" });
  project.lint();
  const files = guideFiles();
  for (const [name, code] of files) project.write(name, code);
  project.write("readme.ts", /```ts\n([^]*?)```/.exec(readFileSync(join(STREAMS, "README.md"), "utf8"))?.[1] ?? "");
  project.write("wrong-programs.ts", readFileSync(WRONG_PROGRAMS, "utf8"));
  for (const file of ["goes-on.mjs", "threads.mjs", "threads-topology.ts"])
    cpSync(join(root, "tools", "streams-package", file), join(project.folder, file));
  for (const node of nodes) runOn(node, project, [...files.keys()]);
  for (const compiler of Object.keys(COMPILERS)) for (const way of Object.keys(WAYS)) compile(compiler, way, project);
} catch (error) {
  failed(error instanceof Error ? error.message : String(error));
} finally {
  await broker.stop();
}
process.exitCode = failures === 0 ? 0 : 1;

/** The files that the guide tells a newcomer to save. */
function guideFiles(): ReadonlyMap<string, string> {
  return new Map(
    [...readFileSync(GUIDE, "utf8").matchAll(/```ts\n\/\/ (\S+)\n([^]*?)```/g)].map(([, name = "", code = ""]) => [name, code]),
  );
}

function runOn(node: Runtime, project: PackedProject, files: readonly string[]): void {
  // Before 22.18 types are stripped only where that is asked for.
  const words = node.name === "Node 22.15.0" ? ["--experimental-strip-types"] : [];
  const tests = files.filter((name) => name.endsWith(".test.ts"));
  const runs = [
    ["goes-on.mjs"],
    [...words, "threads.mjs", broker.bootstrap],
    [...words, "readme.ts"],
    [...words, "look.ts"],
    [...words, "why.ts"],
    [...words, "--test", ...tests],
  ];
  for (const run of runs) {
    const { status, output } = project.run(project.program(node), run);
    if (status !== 0) failed(`${node.name}: "node ${run.join(" ")}" failed:\n${output.slice(-3000)}`);
  }
  console.log(`${node.name}: stores on the disk, threads, the README and the guide's ${tests.length} files of tests were run.`);
}

function compile(compiler: string, way: string, project: PackedProject): void {
  const options = {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    target: "es2022",
    types: ["node"],
    noUncheckedIndexedAccess: true,
    ...WAYS[way],
  };
  project.write("tsconfig.json", JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
  const { status, output } = project.run(process.execPath, [join("node_modules", compiler, "bin", "tsc")]);
  if (status !== 0) failed(`${compiler} with ${way}:\n${output.slice(0, 3000)}`);
  else console.log(`${compiler} with ${way}: the guide compiles, and wrong programs do not.`);
}

function failed(text: string): void {
  failures++;
  console.error(`FAILED ${text}`);
}
