import { parseArgs } from "node:util";
import { type CommandSpec, type OptionSpec, ParsedOptions, UsageError } from "./command.ts";
import { meantChoice } from "./meant-choice.ts";

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [{ name: "help", short: "h", kind: "flag", summary: "show this help" }];

/** The command that the words name, longest path first, and the words behind it. */
export function findCommand(
  commands: readonly CommandSpec[],
  words: readonly string[],
): { command: CommandSpec; rest: readonly string[] } | undefined {
  let best: CommandSpec | undefined;
  for (const command of commands) {
    const matches = command.path.every((word, i) => words[i] === word);
    if (matches && command.path.length > (best?.path.length ?? 0)) best = command;
  }
  return best && { command: best, rest: words.slice(best.path.length) };
}

/** Reads options and positionals by the command's own description; of a list, each word once. Throws {@link UsageError} with one sentence. */
export function parseCommandLine(
  command: CommandSpec,
  words: readonly string[],
): { options: ParsedOptions; positionals: readonly string[] } {
  const specs = [...command.options, ...COMMON_OPTIONS];
  const { values, positionals } = parseWords(command, specs, words);
  const parsed = new Map<string, readonly (string | number | true)[]>();
  for (const spec of specs) {
    const given = values[spec.name];
    if (given === undefined) continue;
    parsed.set(
      spec.name,
      (Array.isArray(given) ? given : [given]).map((value) => typedValue(command, spec, value)),
    );
  }
  if (!parsed.has("help")) checkPositionals(command, positionals);
  return { options: new ParsedOptions(parsed), positionals: withoutRepeats(command, positionals) };
}

function parseWords(command: CommandSpec, specs: readonly OptionSpec[], words: readonly string[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, kind, repeatable }) => [
      name,
      {
        type: kind === "flag" ? ("boolean" as const) : ("string" as const),
        ...(short && { short }),
        ...(repeatable && { multiple: true }),
      },
    ]),
  );
  try {
    return parseArgs({ args: joinNegativeNumbers(specs, words), options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${sentence}. See "ottla ${command.path.join(" ")} --help".`);
  }
}

/** `--offset -10` as `--offset=-10`: a value that is a negative number is no option. */
function joinNegativeNumbers(specs: readonly OptionSpec[], words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const previous = joined.at(-1);
    const spec =
      /^-\d/.test(word) && previous !== undefined && specs.find(({ name, short }) => previous === `--${name}` || previous === `-${short}`);
    if (spec && spec.kind !== "flag") joined[joined.length - 1] = `--${spec.name}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function typedValue(command: CommandSpec, spec: OptionSpec, value: string | boolean): string | number | true {
  if (typeof value === "boolean") return true;
  if (spec.choices) {
    const meant = meantChoice(spec.choices, value);
    if (meant !== undefined) return meant;
    throw new UsageError(`--${spec.name} is "${value}"; it must be one of ${spec.choices.join(", ")}.`);
  }
  if (value === "" && spec.kind === "text" && !spec.mayBeEmpty)
    throw new UsageError(`--${spec.name} is empty; give ${spec.placeholder ?? "a text"}, or leave it out.`);
  if (spec.kind !== "number") return value;
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw new UsageError(`--${spec.name} is "${value}", which is no number. See "ottla ${command.path.join(" ")} --help".`);
  return number;
}

/** What is named twice in a list (`topics create t t`) is meant once. */
function withoutRepeats({ arguments: specs = [] }: CommandSpec, positionals: readonly string[]): readonly string[] {
  if (!specs.at(-1)?.variadic) return positionals;
  return [...positionals.slice(0, specs.length - 1), ...new Set(positionals.slice(specs.length - 1))];
}

function checkPositionals(command: CommandSpec, positionals: readonly string[]): void {
  const specs = command.arguments ?? [];
  const missing = specs.find((spec, i) => !spec.optional && positionals[i] === undefined);
  const usage = `See "ottla ${command.path.join(" ")} --help".`;
  if (missing) throw new UsageError(`The argument ${missing.name.toUpperCase()} is missing. ${usage}`);
  const emptyAt = positionals.indexOf("");
  const empty = specs[Math.min(emptyAt, specs.length - 1)];
  if (emptyAt >= 0 && empty) throw new UsageError(`The argument ${empty.name.toUpperCase()} is empty. ${usage}`);
  if (positionals.length > specs.length && !specs.at(-1)?.variadic)
    throw new UsageError(`"${positionals[specs.length]}" is one argument too many. ${usage}`);
}
