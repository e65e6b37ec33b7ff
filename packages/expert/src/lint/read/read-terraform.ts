import type { Syntax } from "../../source/syntax/syntax.ts";
import { hclTree } from "./hcl-tree.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";
import { terraformDocuments } from "./terraform-documents.ts";

/** Providers and resources of Kafka's begin so. */
const TELLING = /\bkafka(?:_|")|confluent_|aws_msk_|strimzi/;

/** Lines that a sentence names. */
const LINES_MAX = 10;

/** Reads a file of Terraform: topics, rules of who may do what, quotas and logins of the providers for Kafka. */
export async function readTerraformFile({ path, text }: SourceFile): Promise<ReadFile> {
  if (!TELLING.test(text)) return NOTHING;
  const { parseSource } = await import("../../source/syntax/parse-source.ts");
  const parsed = await parseSource(withoutMark(text), "hcl");
  if (typeof parsed === "string") return unreadable(path, parsed);
  const { tree, openLines } = hclTree(parsed.root);
  const documents = terraformDocuments(path, tree);
  const broken = [...new Set([...parsed.brokenLines, ...openEnds(parsed.root)])].map((line) => ({
    subject: `${path}:${line}`,
    reason: "It is no HCL that can be read; the rest of the file was judged.",
  }));
  if (documents.length === 0) return { ...NOTHING, notChecked: broken };
  const cut = parsed.isCut ? [{ subject: path, reason: "It nests too deep or has too many parts; some were not looked at." }] : [];
  return { ...NOTHING, documents, comments: parsed.comments, notChecked: [...broken, ...cut, ...openValues(path, documents, openLines)] };
}

/** Lines of what is opened and never closed: the parser makes up the end, which has no letters. */
function openEnds({ type, start, end, line, children }: Syntax): readonly number[] {
  return start === end && type.endsWith("_end") ? [line] : children.flatMap(openEnds);
}

/** What variables and expressions fill in cannot be judged here. */
function openValues(path: string, documents: ReturnType<typeof terraformDocuments>, openLines: readonly number[]) {
  const used = new Set(documents.flatMap(({ document }) => document.entries.map(({ line }) => line)));
  const lines = openLines.filter((line) => used.has(line));
  if (lines.length === 0) return [];
  const shown = `${lines.slice(0, LINES_MAX).join(", ")}${lines.length > LINES_MAX ? ", …" : ""}`;
  return [
    {
      subject: path,
      reason: `Variables and expressions fill in ${lines.length} ${lines.length === 1 ? "value" : "values"} (line ${shown}); what they become is not known here.`,
      isValueOnly: true as const,
    },
  ];
}

/** A text whose mark of order is a blank, so that all stays in its place. */
export function withoutMark(text: string): string {
  return text.startsWith("\u{feff}") ? ` ${text.slice(1)}` : text;
}
