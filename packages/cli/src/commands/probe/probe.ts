import { systemClock } from "@ottla/base/node";
import { clientOptionsFromProperties } from "@ottla/client";
import { printSeconds, type RungResult, type RungState } from "@ottla/expert";
import { climbLadder } from "@ottla/expert/collect";
import { clientProperties } from "../../client-properties.ts";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { reachPort, resolveName } from "./reach-address.ts";

export const probe: RunCommand = async (context) => {
  const { options, positionals, stdout, env, signal } = context;
  const { host, port } = addressOf(positionals[0]!);
  const { bootstrapServers: _, ...client } = clientOptionsFromProperties(clientProperties(context));
  const topic = options.text("topic");
  const results: RungResult[] = [];
  const style = textStyle(stdout, env);
  const ladder = climbLadder({
    clock: systemClock,
    reach: { resolveName, reachPort },
    host,
    port,
    client: { clientId: "ottla-cli", ...client },
    usesTls: Boolean(client.tls),
    usesSasl: client.sasl !== undefined,
    timeoutMs: options.integer("timeout-ms", 1, 600_000) ?? 5000,
    signal,
    ...(topic !== undefined && { topic }),
  });
  for await (const result of ladder) {
    results.push(result);
    if (!options.has("json")) stdout.write(line(result, style));
  }
  const isBroken = results.some(({ state }) => state === "failed");
  if (options.has("json")) printJson(context, { address: positionals[0], ok: !isBroken, steps: results });
  else if (!isBroken) stdout.write(style.green("Everything was reached.\n"));
  return isBroken ? 1 : 0;
};

/** Errors: {@link UsageError}. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, ipv6, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = ipv6 ?? name;
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new UsageError(`"${text}" is no HOST:PORT; write for example kafka-1:9092 or [::1]:9092.`);
}

const MARKS: Readonly<Record<RungState, string>> = { ok: "ok    ", failed: "BROKEN", notReached: "-     ", skipped: "-     " };

function line({ rung, subject, state, detail, remedy, tookMs }: RungResult, style: TextStyle): string {
  const took = tookMs === undefined ? "" : style.dim(` (${printSeconds(tookMs / 1000)})`);
  const mark = state === "ok" ? style.green(MARKS.ok) : state === "failed" ? style.yellow(MARKS.failed) : style.dim(MARKS[state]);
  const text = `${mark}  ${rung.padEnd(10)}  ${shown`${subject}: ${detail}`}${took}\n`;
  return remedy === undefined ? text : `${text}        ${shown`Do: ${remedy}`}\n`;
}
