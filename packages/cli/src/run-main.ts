import packageJson from "../package.json" with { type: "json" };
import { commands } from "./commands/index.ts";
import { runProcess, STOP_SIGNALS } from "./run-process.ts";
import { standardInput } from "./standard-streams.ts";

/** As long as a timer can wait. */
const FOREVER_MS = 2 ** 31 - 1;

/** Runs the command line of this process, and ends it. `main`: the script that threads of parts are made with. */
export async function runMain(main: URL): Promise<void> {
  // A terminal that stands still (Ctrl-S) must slow who writes to it, not stop the whole process, as Node has it.
  for (const stream of [process.stdout, process.stderr] as { isTTY?: boolean; _handle?: { setBlocking?(blocking: boolean): void } }[])
    if (stream.isTTY) stream._handle?.setBlocking?.(false);

  // Clocks' timers keep no process: one that only waits, as between two looks at an instance, would end in the middle and say nothing.
  setInterval(() => {}, FOREVER_MS);
  const status = await runProcess(commands, {
    words: process.argv.slice(2),
    version: packageJson.version,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: standardInput(),
    env: process.env,
    main,
    onSignal(run) {
      for (const name of STOP_SIGNALS) process.on(name, () => run(name));
      // Who has its broker as a child, as "design --prove", may be killed: a broker that nobody knows of would stay for ever.
      process.once("disconnect", () => run("SIGTERM"));
      process.channel?.unref();
      if (process.connected === false) run("SIGTERM");
    },
    exit: (atOnce) => process.exit(atOnce),
  });
  // Nothing that is left (a terminal as standard input, a connection that was given up, output that nobody takes) may keep the process.
  process.exit(status);
}
