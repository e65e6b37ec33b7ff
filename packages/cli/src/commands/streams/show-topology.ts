import { type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { askModule } from "./ask-module.ts";
import { drawTopology } from "./draw-topology.ts";
import { FORMATS, TIMEOUT_MS } from "./specs.ts";

/** What timers can wait for. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export const showTopology: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, env, signal } = context;
  const format = FORMATS.find((name) => name === (options.text("format") ?? FORMATS[0]));
  if (format === undefined) throw new UsageError(`--format is ${options.text("format")}; it is one of ${FORMATS.join(", ")}.`);
  const timeoutMs = options.integer("timeout-ms", 1, TIMEOUT_MAX_MS) ?? TIMEOUT_MS;
  const form = options.has("json") || format === "tree" ? "json" : format;
  const question = { file: positionals[0]!, exportName: options.text("export"), form } as const;
  const answer = await askModule(question, { timeoutMs, signal, prints: stderr });
  if (answer.kind === "text") stdout.write(answer.text.endsWith("\n") ? answer.text : `${answer.text}\n`);
  else if (answer.kind === "json" && options.has("json")) printJson(context, answer.topology);
  else if (answer.kind === "json") stdout.write(drawTopology(answer.topology, textStyle(stdout, env)));
  return 0;
};
