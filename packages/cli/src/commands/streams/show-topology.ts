import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { milliseconds } from "../lag/observed-groups.ts";
import { askModule } from "./ask-module.ts";
import { drawTopology } from "./draw-topology.ts";
import { FORMATS, TIMEOUT_MS } from "./specs.ts";
import { isUrl } from "./ask-instance.ts";
import { runningTopology } from "./topology-flow.ts";

const WATCH_S = 1;
/** What timers can wait for. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export const showTopology: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, env, signal } = context;
  const [source] = positionals as [string];
  const format = FORMATS.find((name) => name === (options.text("format") ?? FORMATS[0]));
  if (format === undefined) throw new UsageError(`--format is ${options.text("format")}; it is one of ${FORMATS.join(", ")}.`);
  const timeoutMs = options.integer("timeout-ms", 1, TIMEOUT_MAX_MS) ?? TIMEOUT_MS;
  const form = options.has("json") || format === "tree" ? "json" : format;
  if (isUrl(source)) return showRunning(context, source, format);
  const question = { file: source, exportName: options.text("export"), form } as const;
  const answer = await askModule(question, { timeoutMs, signal, prints: stderr });
  if (answer.kind === "text") stdout.write(answer.text.endsWith("\n") ? answer.text : `${answer.text}\n`);
  else if (answer.kind === "json" && options.has("json")) printJson(context, answer.topology);
  else if (answer.kind === "json") stdout.write(drawTopology(answer.topology, textStyle(stdout, env)));
  return 0;
};

/** That of an instance that runs, with what goes through it and all others that it knows. */
async function showRunning(context: CommandContext, url: string, format: (typeof FORMATS)[number]): Promise<0> {
  const { options, stdout, stderr, env, signal } = context;
  if (format !== "tree" || options.text("export") !== undefined)
    throw new UsageError("--format and --export are for a module; a running topology is drawn as a tree, or told with --json.");
  const { topology, flow } = await runningTopology(url, milliseconds(options, "for", WATCH_S, 0.1), signal);
  if (options.has("json")) {
    const { tasks, rates, lags, ...rest } = flow;
    printJson(context, {
      ...rest,
      tasks: Object.fromEntries(tasks),
      recordsPerSecond: Object.fromEntries(rates),
      lags: Object.fromEntries(lags),
      ...topology,
    });
  } else stdout.write(drawTopology(topology, textStyle(stdout, env), flow));
  for (const place of flow.silent) stderr.write(shown`${place} does not answer: what it does is in no figure.\n`);
  return 0;
}
