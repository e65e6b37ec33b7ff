// The inside of the thread that judges schemas: one call, one answer.
import { parentPort } from "node:worker_threads";
import { invariant } from "@ottla/base";
import { loadFormats } from "../formats/load-formats.ts";
import type { ParsedSchema } from "../formats/schema-format.ts";
import { RegistryError } from "../registry-error.ts";
import type { JudgeAnswer, JudgeCall, TypedSource } from "./off-loop.ts";

/** The two sides of the comparison before are likely those of the next. */
const READ_MAX = 4;

/** Answers the calls of the thread that made this one, until that one ends it. */
export async function runJudgeThread(): Promise<void> {
  const port = parentPort;
  invariant(port !== null, "A thread that judges has a parent.");
  const formats = await loadFormats();
  const known = new Map<string, ParsedSchema>();
  const read = ({ schemaType, source }: TypedSource): ParsedSchema => {
    const key = JSON.stringify([schemaType, source]);
    const parsed = known.get(key) ?? formats[schemaType].parse(source);
    known.delete(key);
    known.set(key, parsed);
    if (known.size > READ_MAX) known.delete(known.keys().next().value as string);
    return parsed;
  };
  const answer = (call: JudgeCall): unknown => {
    if (call.op === "compare") return read(call.reader).problemsReading(read(call.writer), call.policy);
    const parsed = read(call.schema);
    if (call.op === "format") return parsed.inFormat?.(call.format);
    return { canonical: parsed.canonical, normalized: parsed.normalized };
  };
  port.on("message", (call: JudgeCall) => {
    let answered: JudgeAnswer;
    try {
      answered = { value: answer(call) };
    } catch (error) {
      const { path = "", details = [] } = error instanceof RegistryError ? error : {};
      const message = error instanceof Error ? error.message : String(error);
      answered = { error: { code: error instanceof RegistryError ? error.code : undefined, message, path, details } };
    }
    port.postMessage(answered);
  });
}
