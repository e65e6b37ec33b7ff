import { nodeBinary } from "../paths.ts";
import { startChild } from "../process/child.ts";
import { ottlaCommand } from "./broker.ts";

/** A broker with its Schema Registry, as its own process. */
export interface RegistryUnderTest {
  readonly bootstrap: string;
  readonly registry: string;
  stop(): Promise<unknown>;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<unknown>;
}

/** Resolves when both accept connections. Without a folder all is in memory. */
export async function startRegistry(dataFolder?: string): Promise<RegistryUnderTest> {
  const place = dataFolder === undefined ? ["--memory"] : ["--data-dir", dataFolder];
  const child = startChild(nodeBinary, [...ottlaCommand, "dev", ...place, "--json", "--port", "0", "--registry-port", "0"]);
  const stop = (): Promise<unknown> => child.stop(30_000);
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.process.stdout?.on("data", (chunk: string) => {
        text += chunk;
        const end = text.indexOf("\n");
        if (end >= 0) resolve(text.slice(0, end));
      });
      void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
    });
    const { bootstrap, registry } = JSON.parse(line) as { bootstrap: string; registry?: string };
    if (registry === undefined) throw new Error(`The registry did not start: ${child.outputTail()}`);
    return { bootstrap, registry, stop, kill: child.kill };
  } catch (error) {
    await stop();
    throw error;
  }
}
