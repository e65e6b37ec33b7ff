import type { RunCommand } from "../command.ts";
import { workerPart } from "../parts/worker-part.ts";

/** Begins the registry's thread before the broker's code is loaded here: both load at the same time. */
export const runDev: RunCommand = async (context) => {
  const only = context.options.text("only");
  const hasRegistry = only === undefined || only.includes("registry");
  const registry = hasRegistry ? workerPart("registry", { module: "registry", entry: context.main }) : undefined;
  registry?.prepare?.();
  try {
    const { startDev } = await import("./start-dev.ts");
    return await startDev(context, registry);
  } finally {
    await registry?.discard?.();
  }
};
