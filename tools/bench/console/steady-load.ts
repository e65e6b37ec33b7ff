import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startChild } from "@ottla/conformance/process/child";

/** Records that come evenly, from a process of its own. */
export interface SteadyLoad {
  stop(): Promise<unknown>;
}

/** Resolves when it writes. */
export async function startSteadyProducer(bootstrap: string, topic: string, perSecond: number): Promise<SteadyLoad> {
  const script = fileURLToPath(new URL("steady-producer.ts", import.meta.url));
  const child = startChild(process.execPath, ["--conditions=source", script, bootstrap, topic, String(perSecond)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  await once(child.process.stdout!, "data");
  return {
    async stop() {
      child.process.stdin!.end();
      if ((await child.exited) !== 0) throw new Error(`The producer failed: ${child.outputTail()}`);
    },
  };
}
