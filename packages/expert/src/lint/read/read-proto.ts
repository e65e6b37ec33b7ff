import type { ProtoSchema } from "../proto-schema.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Reads a file of Protobuf. The parser is loaded when the first one comes. */
export async function readProtoFile({ path, text }: SourceFile): Promise<ReadFile> {
  const { parseProto } = await import("./parse-proto.ts");
  const schema = parseProto(path, text.replace(/^\u{feff}/u, " "));
  return typeof schema === "string" ? unreadable(path, schema) : { ...NOTHING, proto: schemasOf(schema), comments: lineComments(text) };
}

/** A file that defines nothing holds nothing to judge. */
function schemasOf(schema: ProtoSchema): readonly ProtoSchema[] {
  return schema.types.length === 0 ? [] : [schema];
}

/** Comments that stand alone on their line, by line. */
function lineComments(text: string): ReadonlyMap<number, string> {
  const comments = new Map<number, string>();
  for (const [i, line] of text.split("\n").entries()) {
    const comment = /^\s*(?:\/\/+|\/?\*+)\s?(.*?)(?:\*\/)?\s*$/.exec(line)?.[1];
    if (comment !== undefined) comments.set(i + 1, comment.trim());
  }
  return comments;
}
