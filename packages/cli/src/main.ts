import packageJson from "../package.json" with { type: "json" };
import { commands } from "./commands/index.ts";
import { runCommandLine } from "./run-command-line.ts";

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    // A second signal does not wait for what the first one is finishing.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// A reader that went away (`ottla consume … | head`) is no failure.
process.stdout.on("error", () => process.exit(0));

process.exitCode = await runCommandLine(commands, process.argv.slice(2), packageJson.version, {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  signal: stop.signal,
});
