import { parse } from "unbash";
import { type KafkaCommand, optionsOf } from "../kafka-command.ts";
import { commandDocuments } from "./command-documents.ts";
import { lineComments } from "./line-comments.ts";
import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Nodes of a script that are looked at; a script that people write has thousands. */
const NODES_MAX = 500_000;

/** Reads a shell script: its calls of Kafka's tools, and what they make. */
export function readShellFile({ path, text }: SourceFile): ReadFile {
  const commands = commandsOf(path, text, 0);
  return commands.length === 0 ? NOTHING : { ...NOTHING, commands, documents: commandDocuments(commands), comments: lineComments(text) };
}

/** The calls of Kafka's tools in a text whose first line is the one below `shift`. */
export function commandsOf(file: string, text: string, shift: number): readonly KafkaCommand[] {
  if (!/kafka|zookeeper/.test(text)) return [];
  const lineAt = lineFinder(text, shift);
  const all = simpleCommands(parse(text)).map(({ words, pos, end }) => ({
    words: words.map(({ value, pos: at }) => ({ text: value, line: lineAt(at) })),
    line: lineAt(pos),
    lastLine: lineAt(end),
  }));
  return all.flatMap(({ words, line, lastLine }, i): KafkaCommand[] => {
    const at = words.findIndex(({ text: word }) => toolOf(word) !== undefined);
    if (at < 0) return [];
    const tool = toolOf(words[at]!.text)!;
    const given = words.slice(at + 1);
    const next = all[i + 1]?.words[0];
    // The shell took a backslash and a blank for a word, and the options below for a command.
    const isBroken = next !== undefined && /^--[a-z]/.test(next.text);
    const kept = given.filter(({ text: word }) => word.trim() !== "");
    return [{ file, line, tool, words: kept, options: optionsOf(tool, kept), ...(isBroken && { brokenAt: lastLine }) }];
  });
}

/** The tool of a word that is a path of Kafka's scripts. */
function toolOf(word: string): string | undefined {
  const [, kafka, other] =
    /^(?:.*\/)?(?:kafka-([a-z0-9-]+?)|(zookeeper-[a-z-]+|connect-(?:standalone|distributed|mirror-maker)))(?:\.sh|\.bat)?$/.exec(word) ??
    [];
  return kafka ?? other;
}

interface SimpleCommand {
  readonly words: readonly { readonly value: string; readonly pos: number }[];
  readonly pos: number;
  readonly end: number;
}

/** Every simple command of a tree, wherever it stands, in the order of the text. */
function simpleCommands(tree: unknown): readonly SimpleCommand[] {
  const found: SimpleCommand[] = [];
  const waiting: unknown[] = [tree];
  for (let seen = 0; waiting.length > 0 && seen < NODES_MAX; seen++) {
    const node = waiting.pop();
    if (Array.isArray(node)) for (const each of node) waiting.push(each);
    else if (typeof node === "object" && node !== null) {
      const { type, name, suffix, pos, end } = node as {
        type?: string;
        name?: WordLike;
        suffix?: readonly WordLike[];
        pos: number;
        end: number;
      };
      if (type === "Command" && name) found.push({ words: [name, ...(suffix ?? [])].flatMap(wordOf), pos, end });
      for (const value of Object.values(node)) if (typeof value === "object") waiting.push(value);
    }
  }
  return found.toSorted((a, b) => a.pos - b.pos);
}

interface WordLike {
  readonly type: string;
  readonly value?: unknown;
  readonly text?: string;
  readonly pos: number;
}

/** What the shell hands on; with variables in it, the text as it stands. */
function wordOf({ type, value, text, pos }: WordLike): { readonly value: string; readonly pos: number }[] {
  if (type === "Assignment") return [{ value: text ?? "", pos }];
  return type === "Word" ? [{ value: typeof value === "string" ? value : (text ?? ""), pos }] : [];
}

function lineFinder(text: string, shift: number): (position: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (position) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low + 1 + shift;
  };
}
