import { once } from "node:events";
import { createInterface } from "node:readline";
import { startChild } from "../process/child.ts";

/** A program that answers each line of JSON with one. */
export interface LineProgram {
  ask(request: object): Promise<Record<string, unknown>>;
  stop(): Promise<unknown>;
}

export function startLineProgram(command: string, args: readonly string[]): LineProgram {
  const child = startChild(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const { stdin, stdout } = child.process;
  if (stdin === null || stdout === null) throw new Error(`${command} has no streams.`);
  const lines = createInterface({ input: stdout });
  const ended = child.exited.then((status) => {
    throw new Error(`${command} ended (${status}): ${child.outputTail()}`);
  });
  ended.catch(() => {});
  return {
    async ask(request) {
      stdin.write(`${JSON.stringify(request)}\n`);
      const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
      return JSON.parse(line) as Record<string, unknown>;
    },
    stop: () => child.stop(2_000),
  };
}
