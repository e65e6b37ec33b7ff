import { nodeBinary } from "../paths.ts";
import { startChild } from "../process/child.ts";
import { ottlaCommand } from "./broker.ts";

/** A broker in memory with its Schema Registry, as its own process. */
export interface RegistryUnderTest {
  readonly bootstrap: string;
  readonly registry: string;
  stop(): Promise<unknown>;
}

/** Resolves when both accept connections. */
export async function startRegistry(): Promise<RegistryUnderTest> {
  const child = startChild(nodeBinary, [...ottlaCommand, "dev", "--memory", "--json", "--port", "0"]);
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
    return { bootstrap, registry, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
