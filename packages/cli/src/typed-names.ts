import type { CommandContext } from "./command.ts";

/** Options of the broker that the command line has an option for. A client's options are named by `optionNames`. */
const COMMAND_OPTIONS: Readonly<Record<string, string>> = { host: "host", port: "port", brokers: "brokers", dataDirectory: "data-dir" };

/**
 * The sentence of an `INVALID_OPTION` of the broker with the name that the user knows the option by. Such sentences begin with the name that the option has in
 * TypeScript.
 */
export function withTypedName(sentence: string, options: CommandContext["options"]): string {
  const [name = ""] = /^[a-z][A-Za-z]*/.exec(sentence) ?? [];
  const option = COMMAND_OPTIONS[name];
  return option !== undefined && options.has(option) ? `--${option}${sentence.slice(name.length)}` : sentence;
}

/** A sentence about an argument of the client, such as `createTopics: topics[0].name is "…"; it must be …`, without the place that only a program knows. */
export function withoutPlace(sentence: string, subject: string | undefined): string {
  return subject !== undefined && sentence.startsWith(`${subject} is `)
    ? `What was given cannot be used: ${sentence.slice(subject.length + " is ".length)}`
    : sentence;
}
