import type { CommandSpec, OptionSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./parse-command-line.ts";

const DEFAULT_WIDTH = 100;
const NARROWEST = 60;

/** The page of one command, for a terminal of `columns` characters. */
export function commandHelp(command: CommandSpec, columns: number = DEFAULT_WIDTH): string {
  const width = Math.max(NARROWEST, columns);
  const words = (command.arguments ?? []).map(({ name: argument, optional, variadic }) => {
    const word = `${argument.toUpperCase()}${variadic ? "…" : ""}`;
    return optional ? ` [${word}]` : ` ${word}`;
  });
  const sections = [`${capitalized(command.summary)}.\n\nUsage: ottla ${command.path.join(" ")}${words.join("")} [options]`];
  if (command.description) sections.push(...command.description.split("\n\n").map((paragraph) => wrapped(paragraph, width).join("\n")));
  if (command.arguments?.length)
    sections.push(
      `Arguments:\n${rows(
        command.arguments.map(({ name: argument, summary }) => [argument.toUpperCase(), summary]),
        width,
      )}`,
    );
  sections.push(`Options:\n${rows([...command.options, ...COMMON_OPTIONS].map(optionRow), width)}`);
  if (command.examples.length > 0)
    sections.push(`Examples:\n${command.examples.map(({ command: line, does }) => `  # ${does}\n  ${line}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

/** The page of all commands, or of those below `prefix`. */
export function overviewHelp(commands: readonly CommandSpec[], prefix: readonly string[] = [], columns: number = DEFAULT_WIDTH): string {
  const below = commands.filter(({ path }) => prefix.every((word, i) => path[i] === word));
  const title = prefix.length > 0 ? `ottla ${prefix.join(" ")}` : "Ottla: the Kafka platform for TypeScript.";
  const list = rows(
    below.map(({ path, summary }) => [path.join(" "), summary]),
    Math.max(NARROWEST, columns),
  );
  return `${title}\n\nUsage: ottla ${[...prefix, "COMMAND"].join(" ")} [options]\n\nCommands:\n${list}\n\n"ottla COMMAND --help" tells more; "ottla --version" says which one this is.\n`;
}

function optionRow({ name, short, placeholder, kind, summary, defaultText, choices }: OptionSpec): [string, string] {
  const value = kind === "flag" ? "" : ` ${placeholder ?? (kind === "number" ? "N" : "VALUE")}`;
  const notes = [choices && `one of ${choices.join(", ")}`, defaultText && `default: ${defaultText}`].filter(Boolean).join("; ");
  return [`${short ? `-${short}, ` : "    "}--${name}${value}`, notes ? `${summary} (${notes})` : summary];
}

function rows(pairs: readonly (readonly [string, string])[], width: number): string {
  const leftWidth = Math.max(...pairs.map(([left]) => left.length));
  const indent = " ".repeat(leftWidth + 4);
  return pairs
    .map(([left, right]) => `  ${left.padEnd(leftWidth)}  ${wrapped(right, width - leftWidth - 4).join(`\n${indent}`)}`)
    .join("\n");
}

/** Lines of at most `width` characters, unless a single word is longer. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
