// Connectors against the real thing: every test file below `connect/`. `-- --only postgres` takes those whose path contains the word, `-- --name PATTERN` tests by name,
// `-- --days N` so many random days of each kind (change data capture), each with its seed, or all with `-- --seed S`; `-- --only all-systems --minutes N` so long a day of all.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import { nodeBinary, repositoryRoot } from "./paths.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    name: { type: "string" },
    days: { type: "string" },
    seed: { type: "string" },
    minutes: { type: "string" },
  },
});
const files = globSync("conformance/src/connect/**/*.test.ts", { cwd: repositoryRoot })
  .filter((file) => values.only === undefined || file.includes(values.only))
  .sort();
if (files.length === 0) {
  process.stderr.write(`No test file of connectors contains "${values.only}".\n`);
  process.exit(2);
}
const flags = [
  "--conditions=source",
  "--test",
  "--test-concurrency=1",
  `--test-timeout=${600_000 * Number(values.days ?? 1) + 60_000 * Number(values.minutes ?? 0)}`,
  "--test-force-exit",
  "--test-reporter=spec",
];
if (values.name !== undefined) flags.push(`--test-name-pattern=${values.name}`);
const child = spawn(nodeBinary, [...flags, ...files], {
  cwd: repositoryRoot,
  stdio: "inherit",
  env: {
    ...process.env,
    ...(values.days !== undefined && { OTTLA_CDC_DAYS: values.days }),
    ...(values.minutes !== undefined && { OTTLA_CONNECT_MINUTES: values.minutes }),
    ...(values.seed !== undefined && { OTTLA_CDC_SEED: values.seed }),
  },
});
const [status] = (await once(child, "close")) as [number | null];
process.exitCode = status ?? 1;
