import { optionsOfTool } from "../catalogue/tool-options.ts";

/** A word of a command with its place; of what the shell puts together, the text as it stands. */
export interface CommandWord {
  readonly text: string;
  readonly line: number;
}

/** An option as it is given, and its values. */
export interface GivenOption extends CommandWord {
  /** Without dashes. */
  readonly name: string;
  readonly values: readonly CommandWord[];
}

/** A call of one of Kafka's tools in a script or a document. */
export interface KafkaCommand {
  readonly file: string;
  readonly line: number;
  /** `topics` of `kafka-topics.sh`; `run-class` of what runs a class by its name. */
  readonly tool: string;
  readonly words: readonly CommandWord[];
  readonly options: readonly GivenOption[];
  /** The line of a backslash that has blanks behind it, and so ends the command. */
  readonly brokenAt?: number;
}

/** Words of a command after its name, as options with their values. */
export function optionsOf(tool: string, words: readonly CommandWord[]): readonly GivenOption[] {
  const known = optionsOfTool(tool);
  const options: { name: string; text: string; line: number; values: CommandWord[] }[] = [];
  for (const word of words) {
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word.text) ?? [];
    if (name !== undefined)
      options.push({ name, text: word.text, line: word.line, values: value === undefined ? [] : [{ text: value, line: word.line }] });
    else if (known?.get(options.at(-1)?.name ?? "")?.takesValue !== false) options.at(-1)?.values.push(word);
  }
  return options;
}

/** The first value of an option. */
export function valueOf({ options }: KafkaCommand, ...names: readonly string[]): CommandWord | undefined {
  return options.find(({ name }) => names.includes(name))?.values[0];
}
