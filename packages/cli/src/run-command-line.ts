import { OttlaError, printable } from "@ottla/base";
import { type CommandContext, type CommandSpec, ParsedOptions, UsageError } from "./command.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { findCommand, parseCommandLine } from "./parse-command-line.ts";
import { reasonOf } from "./reason-of.ts";
import { withoutPlace, withTypedName } from "./typed-names.ts";

/** The world a command line runs in. */
export type CommandLineWorld = Omit<CommandContext, "options" | "positionals">;

/** Characters of a path in a message. */
const PATH_SHOWN = 200;

/** The status of a command that ended because its signal said so, with its work undone. */
export const INTERRUPTED = "interrupted";

/**
 * Runs one command line and returns the exit status. Every error becomes one sentence on standard error.
 * @param onCommand hears which command it is before it runs
 */
export async function runCommandLine(
  commands: readonly CommandSpec[],
  words: readonly string[],
  version: string,
  world: CommandLineWorld,
  onCommand?: (command: CommandSpec) => void,
): Promise<number | typeof INTERRUPTED> {
  let options = new ParsedOptions(new Map());
  try {
    const [first] = words;
    if (first === "--version" || first === "-v") {
      world.stdout.write(`${version}\n`);
      return 0;
    }
    const found = findCommand(commands, words);
    if (!found) return overview(commands, words, world);
    const { command, rest } = found;
    const parsed = parseCommandLine(command, rest);
    options = parsed.options;
    if (options.has("help")) {
      world.stdout.write(commandHelp(command, world.stdout.columns));
      return 0;
    }
    onCommand?.(command);
    const run = await command.load();
    return await run({ ...world, ...parsed });
  } catch (error) {
    if (world.signal.aborted && (error === world.signal.reason || isAbort(error))) return INTERRUPTED;
    world.stderr.write(`ottla: ${sentence(error, { env: world.env, options })}\n`);
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

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || (error instanceof OttlaError && error.code === "ABORTED"));
}

function sentence(error: unknown, typed: Pick<CommandContext, "env" | "options">): string {
  if (typed.env["OTTLA_DEBUG"] && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof OttlaError && error.code === "INVALID_OPTION") return printable(withTypedName(error.message, typed.options));
  if (error instanceof OttlaError && error.code === "INVALID_ARGUMENT") return printable(withoutPlace(error.message, subjectOf(error)));
  if (error instanceof OttlaError || error instanceof UsageError) return printable(error.message);
  if (isOfFile(error)) return printable(`${error.path.slice(0, PATH_SHOWN)}: ${reasonOf(error)}`);
  const what = error instanceof Error ? error.message : String(error);
  return `unexpected failure: ${printable(what)} (set OTTLA_DEBUG=1 to see where).`;
}

/** A file or folder that a command did not expect to be bad: still the file's fault, not the program's. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException & { readonly path: string } {
  return error instanceof Error && "code" in error && "syscall" in error && "path" in error && typeof error.path === "string";
}

/** Of a client's error; its class is loaded by few commands. */
function subjectOf(error: OttlaError): string | undefined {
  return "subject" in error && typeof error.subject === "string" ? error.subject : undefined;
}
