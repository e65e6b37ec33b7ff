/**
 * `npm run test:serdes-package`: packs `@ottla/serdes` and what it stands on as npm would publish them, holds them against publint and attw, looks that nothing of the registry's package is asked for, and
 * sends and reads each format in an empty folder on each Node, over a broker and a registry of ours. `-- --only 22` takes some versions of Node.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startRegistry } from "@ottla/conformance/ottla/registry";
import { SERDES_LIBRARIES } from "./pack-libraries.ts";
import { PackedProject } from "./packed-project.ts";
import { runtimes } from "./runtimes.ts";
import { root } from "./workspaces.ts";

const FORMATS = ["avro", "json", "protobuf"];
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const nodes = runtimes.filter(({ name }) => name.startsWith("Node") && name.includes(values.only));
const ottla = await startRegistry();
try {
  using project = await PackedProject.install(SERDES_LIBRARIES, nodes);
  project.lint();
  checkImports(join(project.folder, "node_modules", "@ottla", "serdes", "dist"));
  project.write("scenario.mjs", readFileSync(join(root, "tools", "serdes-package", "scenario.mjs"), "utf8"));
  for (const node of nodes) {
    const { output, status } = project.run(project.program(node), [...node.words, "scenario.mjs", ottla.bootstrap, ottla.registry]);
    if (status !== 0 || FORMATS.some((format) => !output.includes(`${format} works`)))
      throw new Error(`${node.name}: ${output.slice(-3000)}`);
    console.log(`${node.name}: Avro, JSON Schema and Protobuf are sent and read.`);
  }
} catch (error) {
  console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await ottla.stop();
}

/** The registry is not published: its formats are bundled, and no type that users reach may name it. */
function checkImports(dist: string): void {
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".js"))) {
    if (/(?:from|import\()\s*"@ottla\/registry/.test(readFileSync(join(dist, path), "utf8")))
      throw new Error(`${path} imports the registry.`);
  }
  const seen = new Set(["index.d.ts"]);
  for (const path of seen) {
    const text = readFileSync(join(dist, path), "utf8");
    if (text.includes('"@ottla/registry')) throw new Error(`The types of ${path} name the registry.`);
    for (const [, target = ""] of text.matchAll(/from "(\.[^"]+)\.[jt]s"/g)) seen.add(`${join(path, "..", target)}.d.ts`);
  }
}
