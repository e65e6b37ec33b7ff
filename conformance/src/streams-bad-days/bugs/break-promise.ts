import { fileURLToPath } from "node:url";
import { runCommand } from "../../process/child.ts";
import { nodeBinary, repositoryRoot } from "../../paths.ts";

const PUT_IN_BUG = fileURLToPath(new URL("put-in-bug.ts", import.meta.url));
const PROMISES = `${repositoryRoot}conformance/quick/streams/kept-promises.test.ts`;
const TEST_MS_MAX = 60_000;

/** Runs the test of a promise, with a bug in the sources where one is named. What it failed with; undefined: it passed. Throws where there is no such test. */
export async function breakPromise(promise: string, bug: number | undefined): Promise<string | undefined> {
  const imports = bug === undefined ? [] : ["--import", PUT_IN_BUG];
  const pattern = `^${promise.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  const { stdout } = await runCommand(
    nodeBinary,
    [
      "--conditions=source",
      ...imports,
      "--test-reporter=tap",
      "--test-force-exit",
      `--test-timeout=${TEST_MS_MAX}`,
      `--test-name-pattern=${pattern}`,
      PROMISES,
    ],
    { env: { ...process.env, ...(bug !== undefined && { OTTLA_SEEDED_BUG: String(bug) }) } },
  );
  if (new RegExp(`^ok \\d+ - ${pattern.slice(1, -1)}`, "m").test(stdout)) return undefined;
  if (!new RegExp(`^not ok \\d+ - ${pattern.slice(1, -1)}`, "m").test(stdout)) throw new Error(`No test is named: ${promise}\n${stdout}`);
  return (
    /error: (?:'(.*)'|\|-\n\s*(.*))/
      .exec(stdout)
      ?.slice(1)
      .find((found) => found !== undefined) ?? "it did not say why"
  );
}
