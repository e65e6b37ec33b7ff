import { nodeDisk, lineLogger, systemClock } from "@ottla/base/node";
import { type ConnectWorker, type PluginCatalogue, startWorker } from "@ottla/connect/worker";
import type { CommandContext } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { shown } from "../../output.ts";

/** What a worker of its own runs. */
export interface RunnableConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly catalogue: PluginCatalogue;
}

const LOOK_MS = 200;

/**
 * Runs one connector over the cluster until the signal comes, then lets its tasks write what they have read and commit. A source's offsets stand in a file, a sink's in its group. What failed is started again
 * as its settings say; states are told as they change.
 */
export function runWorker(context: CommandContext, { name, config, catalogue }: RunnableConnector): Promise<0 | 1> {
  const { options, env, stderr, signal } = context;
  const offsets = options.text("offsets") ?? `${name}.offsets`;
  return withClient(
    context,
    async (client) => {
      const worker = await startWorker({
        client,
        catalogue,
        properties: { "offset.flush.interval.ms": "1000", "offset.storage.file.filename": offsets },
        workerId: `run:${process.pid}`,
        environment: env,
        disk: nodeDisk,
        clock: systemClock,
        logger: lineLogger(stderr, "warn"),
      });
      try {
        await worker.putConfig(name, config);
        await tellUntil(worker, name, context);
      } finally {
        await worker.stop();
      }
      if (signal.aborted) stderr.write(shown`${name} has written what it had read, and is stopped.\n`);
      return 0 as const;
    },
    "inTime",
  );
}

/** Resolves when the signal comes. */
async function tellUntil({ statuses }: ConnectWorker, name: string, { stderr, signal }: CommandContext): Promise<void> {
  let told = "";
  const tell = (): void => {
    const tasks = [...statuses.tasks(name)].map(
      ([task, { state, trace }]) => `task ${task} ${state}${trace === undefined ? "" : `: ${trace.split("\n")[0]}`}`,
    );
    const own = statuses.get({ connector: name });
    const now = [own?.trace === undefined ? (own?.state ?? "UNASSIGNED") : `${own.state}: ${own.trace.split("\n")[0]}`, ...tasks].join(
      ", ",
    );
    if (now !== told) stderr.write(shown`${name}: ${now}\n`);
    told = now;
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(tell, LOOK_MS);
    const end = (): void => {
      clearInterval(timer);
      tell();
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
