import { ownValue } from "@ottla/base";
import type { NotChecked } from "../finding.ts";
import { commandDocuments } from "./command-documents.ts";
import { isProgramBlock, PROGRAM_BLOCKS_MAX, PROGRAM_LINES_MAX, readProgramBlock } from "./read-block.ts";
import { commandsOf } from "./read-shell.ts";
import { statementsOf } from "./read-statements.ts";
import { shiftLines } from "./shift-lines.ts";
import { NOTHING, type ReadFile, type Reader, type SourceFile } from "./source-file.ts";

/** How many blocks of one document are looked into. */
const BLOCKS_MAX = 10_000;

/** A block between fences: what its first line calls it, its text, and the line of the fence. */
interface CodeBlock {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** Files that a block of a language could be. */
const NAMES: Readonly<Record<string, string>> = {
  properties: "block.properties",
  ini: "block.properties",
  conf: "block.properties",
  yaml: "block.yaml",
  yml: "block.yaml",
  json: "block.json",
  avro: "block.avsc",
  avsc: "block.avsc",
  proto: "block.proto",
  protobuf: "block.proto",
  hcl: "block.tf",
  terraform: "block.tf",
  tf: "block.tf",
};

const SHELL = /^(bash|sh|shell|zsh|console|shell-session|)$/;

/** Reads a document in Markdown: the blocks of code in it, each as a part of something larger, by the reader that a file of its language has. */
export async function readMarkdown({ path, text }: SourceFile, readerOf: (name: string) => Reader | undefined): Promise<ReadFile> {
  const statements: ReadFile = { ...NOTHING, documents: statementsOf(path, text) };
  if (!/^[\s>]*(?:```|~~~)/m.test(text)) return statements;
  const blocks = codeBlocks(text);
  const parts: ReadFile[] = [statements];
  const talksOfKafka = /kafka/i.test(text);
  let programBlocks = 0;
  for (const block of blocks.slice(0, BLOCKS_MAX)) {
    if (SHELL.test(block.language)) {
      const commands = commandsOf(path, withoutPrompts(block.text), block.line);
      if (commands.length > 0) parts.push({ ...NOTHING, commands, documents: commandDocuments(commands) });
      continue;
    }
    if (isProgramBlock(block.language)) {
      if (!talksOfKafka || ++programBlocks > PROGRAM_BLOCKS_MAX || block.line > PROGRAM_LINES_MAX) continue;
      const program = await readProgramBlock(path, block.language, block.text, block.line);
      if (program) parts.push({ ...NOTHING, programs: [program] });
      continue;
    }
    const name = isAvro(block) ? "block.avsc" : ownValue(NAMES, block.language);
    const reader = name === undefined ? undefined : readerOf(name);
    // Each block by itself: with empty lines before it, every block would cost as much as the whole document.
    if (reader) parts.push(shiftLines(asParts(await reader({ path, text: block.text })), block.line));
  }
  return { ...together(parts), notChecked: [...beyond(path, blocks), ...manyPrograms(path, blocks, programBlocks)] };
}

/** A document with more blocks than are looked into says so. */
function beyond(path: string, blocks: readonly CodeBlock[]): readonly NotChecked[] {
  const next = blocks[BLOCKS_MAX];
  if (!next) return [];
  return [
    {
      subject: path,
      reason: `It has ${blocks.length} blocks of code; those from line ${next.line} on were not looked into. Split the document.`,
    },
  ];
}

function manyPrograms(path: string, blocks: readonly CodeBlock[], count: number): readonly NotChecked[] {
  const isTooFar = count > 0 && blocks.some(({ language, line }) => line > PROGRAM_LINES_MAX && isProgramBlock(language));
  if (count <= PROGRAM_BLOCKS_MAX && !isTooFar) return [];
  const reason = `Of its ${count} blocks of programs the first ${PROGRAM_BLOCKS_MAX} were looked into, up to line ${PROGRAM_LINES_MAX}. Split the document.`;
  return [{ subject: path, reason }];
}

/** Schemas of Avro stand in documents as JSON. */
function isAvro({ language, text }: CodeBlock): boolean {
  return language === "json" && /"type"\s*:\s*"record"/.test(text);
}

function codeBlocks(text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { fence: string; indent: string; language: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const [, indent = "", fence = "", info = ""] = /^([\s>]*)(`{3,}|~{3,})\s*([^`]*)$/.exec(line) ?? [];
    if (!open && fence !== "")
      open = { fence, indent, language: (info.trim().split(/[\s{,:]/)[0] ?? "").toLowerCase(), line: i + 1, lines: [] };
    else if (open && fence.startsWith(open.fence) && info.trim() === "") {
      blocks.push({ language: open.language, text: `${open.lines.join("\n")}\n`, line: open.line });
      open = undefined;
    } else open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
  }
  return blocks;
}

/** In sessions a prompt stands before what is typed. */
function withoutPrompts(text: string): string {
  return text.replaceAll(/^(\s*)(?:\$|>)\s(?=\S)/gm, "$1");
}

/** What a document shows is a part of something; what cannot be read was not meant as a file. */
function asParts(read: ReadFile): ReadFile {
  return {
    ...read,
    documents: read.documents.map((found) =>
      // A connector is shown whole.
      found.document.kind.endsWith("Connector") ? found : { ...found, document: { ...found.document, isPartial: true } },
    ),
    comments: new Map(),
    notChecked: [],
  };
}

function together(parts: readonly ReadFile[]): ReadFile {
  return {
    ...NOTHING,
    documents: parts.flatMap(({ documents }) => documents),
    avro: parts.flatMap(({ avro }) => avro),
    proto: parts.flatMap(({ proto }) => proto),
    jsonSchemas: parts.flatMap(({ jsonSchemas }) => jsonSchemas),
    commands: parts.flatMap(({ commands }) => commands),
    programs: parts.flatMap(({ programs }) => programs),
  };
}
