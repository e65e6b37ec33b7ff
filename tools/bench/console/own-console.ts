import { once } from "node:events";
import { ottlaCommand } from "@ottla/conformance/ottla/broker";
import { nodeBinary } from "@ottla/conformance/paths";
import { startChild } from "@ottla/conformance/process/child";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";

/** `ottla up --only console` over a cluster: a process that has nothing but the console. */
export interface OwnConsole {
  readonly url: string;
  readonly pid: number;
  residentMib(): number;
  stop(): Promise<unknown>;
}

/** Resolves when it answers. */
export async function startOwnConsole(bootstrap: string): Promise<OwnConsole> {
  const child = startChild(nodeBinary, [
    ...ottlaCommand,
    ...["up", "--only", "console", "--console-port", "0", "--bootstrap-server", bootstrap, "--json"],
  ]);
  const ended = child.exited.then((status) => {
    throw new Error(`ottla up ended (${status}): ${child.outputTail()}`);
  });
  ended.catch(() => {});
  const [line] = (await Promise.race([once(child.process.stdout!, "data"), ended])) as [string];
  const { console: url = "" } = JSON.parse(line.split("\n")[0]!) as { readonly console?: string };
  // A page, so that the watch sleeps on.
  await (await fetch(`${url}/icon.svg`)).text();
  return {
    url,
    pid: child.pid,
    residentMib: () => readProcessUsage(child.pid).residentBytes / 2 ** 20,
    stop: () => child.stop(),
  };
}
