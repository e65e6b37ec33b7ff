import type { CommandSpec, OptionSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./parse-command-line.ts";

/** The page of one command. */
export function commandHelp(command: CommandSpec): string {
  const name = `ottla ${command.path.join(" ")}`;
  const words = (command.arguments ?? []).map(({ name: argument, optional, variadic }) => {
    const word = `${argument.toUpperCase()}${variadic ? "…" : ""}`;
    return optional ? ` [${word}]` : ` ${word}`;
  });
  const sections = [`${command.summary}\n\nUsage: ${name}${words.join("")} [options]`];
  if (command.description) sections.push(command.description);
  if (command.arguments?.length)
    sections.push(`Arguments:\n${rows(command.arguments.map(({ name: argument, summary }) => [argument.toUpperCase(), summary]))}`);
  sections.push(`Options:\n${rows([...command.options, ...COMMON_OPTIONS].map(optionRow))}`);
  if (command.examples.length)
    sections.push(`Examples:\n${command.examples.map(({ command: line, does }) => `  # ${does}\n  ${line}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

/** The page of all commands, or of those below `prefix`. */
export function overviewHelp(commands: readonly CommandSpec[], prefix: readonly string[] = []): string {
  const below = commands.filter(({ path }) => prefix.every((word, i) => path[i] === word));
  const title = prefix.length ? `ottla ${prefix.join(" ")}` : "Ottla: the Kafka platform for TypeScript.";
  return `${title}\n\nUsage: ottla COMMAND [options]\n\nCommands:\n${rows(below.map(({ path, summary }) => [path.join(" "), summary]))}\n\n"ottla COMMAND --help" tells more.\n`;
}

function optionRow({ name, short, placeholder, kind, summary, defaultText, choices }: OptionSpec): [string, string] {
  const value = kind === "flag" ? "" : ` ${placeholder ?? (kind === "number" ? "N" : "VALUE")}`;
  const notes = [choices && `one of ${choices.join(", ")}`, defaultText && `default ${defaultText}`].filter(Boolean).join("; ");
  return [`${short ? `-${short}, ` : ""}--${name}${value}`, notes ? `${summary} (${notes})` : summary];
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
