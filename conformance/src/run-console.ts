// The console in a real browser, over Ottla's broker and over Apache Kafka. `-- --name PATTERN` runs tests by name, `-- --screenshots` draws docs/console anew.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import { nodeBinary, repositoryRoot } from "./paths.ts";

const { values } = parseArgs({ options: { name: { type: "string" }, screenshots: { type: "boolean" } } });
const flags = [
  "--conditions=source",
  "--test",
  "--test-concurrency=1",
  "--test-timeout=300000",
  "--test-force-exit",
  "--test-reporter=spec",
];
if (values.name !== undefined) flags.push(`--test-name-pattern=${values.name}`);
const env = { ...process.env, ...(values.screenshots && { OTTLA_SCREENSHOTS: "docs/console" }) };
const files = globSync("conformance/src/console/**/*.test.ts", { cwd: repositoryRoot }).sort();
const child = spawn(nodeBinary, [...flags, ...files], { cwd: repositoryRoot, stdio: "inherit", env });
const [status] = (await once(child, "close")) as [number | null];
process.exitCode = status ?? 1;
