import { OttlaError } from "@ottla/base";
import { type CommandContext, type CommandSpec, UsageError } from "./command.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { findCommand, parseCommandLine } from "./parse-command-line.ts";

/** The world a command line runs in. */
export type CommandLineWorld = Omit<CommandContext, "options" | "positionals">;

/** Runs one command line and returns the exit status. Every error becomes one sentence on standard error. */
export async function runCommandLine(
  commands: readonly CommandSpec[],
  words: readonly string[],
  version: string,
  world: CommandLineWorld,
): Promise<number> {
  try {
    const [first] = words;
    if (first === "--version" || first === "-v") {
      world.stdout.write(`${version}\n`);
      return 0;
    }
    const found = findCommand(commands, words);
    if (!found) return overview(commands, words, world);
    const { command, rest } = found;
    const { options, positionals } = parseCommandLine(command, rest);
    if (options.has("help")) {
      world.stdout.write(commandHelp(command, world.stdout.columns));
      return 0;
    }
    const run = await command.load();
    return await run({ ...world, options, positionals });
  } catch (error) {
    world.stderr.write(`ottla: ${sentence(error, world.env)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function overview(commands: readonly CommandSpec[], words: readonly string[], world: CommandLineWorld): number {
  const named = words.filter((word) => !word.startsWith("-"));
  const isGroup = named.length > 0 && commands.some(({ path }) => named.every((word, i) => path[i] === word));
  if (named.length > 0 && !isGroup) throw new UsageError(`There is no command "${named.join(" ")}"; "ottla --help" lists them.`);
  const asked = words.length === 0 || words.includes("--help") || words.includes("-h");
  (asked ? world.stdout : world.stderr).write(overviewHelp(commands, named, world.stdout.columns));
  return asked && !isGroup ? 0 : words.includes("--help") || words.includes("-h") ? 0 : 2;
}

function sentence(error: unknown, env: CommandLineWorld["env"]): string {
  if (env["OTTLA_DEBUG"] && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof OttlaError || error instanceof UsageError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `unexpected failure: ${what} (set OTTLA_DEBUG=1 to see where).`;
}
