import { shellWord } from "@ottla/base";

/** Where Kafka's tools are to go. */
export interface KafkaTools {
  /** `HOST:PORT,…` */
  readonly bootstrapServer: string;
  /** A file of client properties, for a secured cluster. */
  readonly commandConfig?: string;
}

/** Words in which a shell sees nothing but letters. */
const PLAIN_WORD = /^[\w.,:=@/+-]+$/;

/** One command as a line of a POSIX shell, every word quoted that needs it. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN_WORD.test(word) ? word : shellWord(word))).join(" ");
}

/** One of Kafka's tools with what each call of it needs. */
export function kafkaTool(tool: string, { bootstrapServer, commandConfig }: KafkaTools, words: readonly string[]): string {
  const config = commandConfig === undefined ? [] : ["--command-config", commandConfig];
  return commandLine([`${tool}.sh`, "--bootstrap-server", bootstrapServer, ...config, ...words]);
}

/** Writes a text into a file of the working directory, for tools that take files only. */
export function writeFileLine(name: string, text: string): string {
  return `printf '%s\\n' ${shellWord(text)} > ${shellWord(name)}`;
}
