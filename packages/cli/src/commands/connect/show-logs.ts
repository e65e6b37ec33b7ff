import { setTimeout as sleep } from "node:timers/promises";
import { printableJson } from "@ottla/base";
import type { LoggedLine } from "@ottla/connect/worker";
import type { RunCommand } from "../../command.ts";
import { connectRestOf } from "../../connect/connect-rest.ts";
import { shown } from "../../output.ts";

const LINES = 50;
const AGAIN_MS = 500;

export const showLogs: RunCommand = async (context) => {
  const { options, positionals, stdout, signal } = context;
  const rest = connectRestOf(context);
  const [connector] = positionals;
  const read = async (after: number, limit: number): Promise<readonly LoggedLine[]> => {
    const query = new URLSearchParams({ after: String(after), limit: String(limit), ...(connector !== undefined && { connector }) });
    const { lines } = await rest.get<{ readonly lines: readonly LoggedLine[] }>(`/ottla/logs?${query}`);
    return lines;
  };
  const print = (lines: readonly LoggedLine[]): void => {
    for (const line of lines) stdout.write(options.has("json") ? `${printableJson(line)}\n` : text(line));
  };
  let lines = await read(0, options.integer("limit", 1, 1_000) ?? LINES);
  print(lines);
  let last = lines.at(-1)?.sequence ?? 0;
  while (options.has("follow") && !signal.aborted) {
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    lines = await read(last, 1_000);
    print(lines);
    last = lines.at(-1)?.sequence ?? last;
  }
  return 0;
};

function text({ timestampMs, level, message, fields }: LoggedLine): string {
  const told = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === "string" ? value : printableJson(value)}`);
  return shown`${new Date(timestampMs).toISOString()} ${level} ${message}${told.length === 0 ? "" : ` ${told.join(" ")}`}` + "\n";
}
