import { commandDocuments } from "./command-documents.ts";
import { commandsOf } from "./read-shell.ts";
import { NOTHING, type ReadFile, type Reader, type SourceFile } from "./source-file.ts";

/** How many blocks of one document are looked into. */
const BLOCKS_MAX = 2000;

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
  if (!/^[\s>]*(?:```|~~~)/m.test(text)) return NOTHING;
  let found = NOTHING;
  for (const block of codeBlocks(text).slice(0, BLOCKS_MAX)) {
    if (SHELL.test(block.language)) {
      const commands = commandsOf(path, withoutPrompts(block.text), block.line);
      found = joined(found, { ...NOTHING, commands, documents: commandDocuments(commands) });
      continue;
    }
    const name = isAvro(block) ? "block.avsc" : NAMES[block.language];
    const reader = name === undefined ? undefined : readerOf(name);
    // Lines that are empty, so that findings are told by the document's.
    if (reader) found = joined(found, asParts(await reader({ path, text: "\n".repeat(block.line) + block.text })));
  }
  return found;
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

function joined(a: ReadFile, b: ReadFile): ReadFile {
  return {
    ...a,
    documents: [...a.documents, ...b.documents],
    avro: [...a.avro, ...b.avro],
    proto: [...a.proto, ...b.proto],
    jsonSchemas: [...a.jsonSchemas, ...b.jsonSchemas],
    commands: [...a.commands, ...b.commands],
  };
}
