import packageJson from "../package.json" with { type: "json" };
import { commands } from "./commands/index.ts";
import { runCommandLine } from "./run-command-line.ts";

/** One Ctrl-C comes twice, from the terminal and from npm, which hands signals on. */
const SAME_SIGNAL_MS = 500;
/** Both come within milliseconds, unless the machine is very busy. */
const REPEAT_WITHIN_MS = 150;

const stop = new AbortController();
let firstSignalMs = 0;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    // A second signal does not wait for what the first one is finishing.
    if (stop.signal.aborted && performance.now() - firstSignalMs > SAME_SIGNAL_MS) process.exit(130);
    if (!stop.signal.aborted) firstSignalMs = performance.now();
    stop.abort();
  });
}
// A reader that went away (`ottla consume … | head`) is no failure; the command ends as after Ctrl-C, so that a group is left in order.
process.stdout.on("error", () => stop.abort());

const status = await runCommandLine(commands, process.argv.slice(2), packageJson.version, {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  signal: stop.signal,
});
// The repeat of the signal is waited for: in the middle of a process's end it would be what ended it, and the status would not be ours.
const signalledMs = performance.now() - firstSignalMs;
if (firstSignalMs > 0 && signalledMs < REPEAT_WITHIN_MS)
  await new Promise((resolve) => setTimeout(resolve, REPEAT_WITHIN_MS - signalledMs));
// Nothing is left to do, but a terminal as standard input would keep the process alive.
process.exitCode = status;
process.stdin.destroy();
