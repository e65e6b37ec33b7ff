// A thread that parses, one text at a time. The module is its own entry: whoever starts one loads it for its address.
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@ottla/base/node";
import type { GrammarName } from "./language.ts";
import { type FromParser, type GrammarNames, PARSER_THREAD, type ToParser } from "./parser-messages.ts";

/** Where the code of the thread is. */
export const parserThread: URL = new URL(import.meta.url);

/** How often the parser may look up from its work, at least and for each character; a plain text takes a fifth of that. */
const LOOKS_MIN = 200;
const LOOKS_PER_CHARACTER = 0.05;

const { role, timeMaxMs } = (workerData ?? {}) as { readonly role?: string; readonly timeMaxMs?: number };
if (!isMainThread && role === PARSER_THREAD && parentPort !== null) await serve(parentPort);

async function serve(port: MessagePort): Promise<void> {
  const { loadParser } = await import("./load-grammar.ts");
  const { packTree } = await import("./packed-tree.ts");
  const known = new Set<GrammarName>();
  const send = (message: FromParser, parts: ArrayBuffer[] = []): void => port.postMessage(message, parts);
  const parse = async ({ text, grammar }: ToParser): Promise<void> => {
    const parser = await loadParser(grammar);
    const language = parser.language!;
    const deadline = systemClock.monotonicMs() + (timeMaxMs ?? Infinity);
    let looksLeft = LOOKS_MIN + text.length * LOOKS_PER_CHARACTER;
    const tree = parser.parse(text, null, { progressCallback: () => --looksLeft < 0 || systemClock.monotonicMs() > deadline });
    if (!tree) {
      parser.reset();
      return send({ type: "late" });
    }
    const cursor = tree.walk();
    const packed = packTree(language, cursor);
    cursor.delete();
    tree.delete();
    const names: GrammarNames | undefined = known.has(grammar)
      ? undefined
      : {
          types: Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? ""),
          fields: Array.from({ length: language.fieldCount + 1 }, (_, id) => language.fieldNameForId(id) ?? ""),
        };
    known.add(grammar);
    send({ type: "parsed", tree: packed, names }, [packed.nodes.buffer, packed.comments.buffer]);
  };
  // What is left of the module's memory after a failure cannot be trusted.
  port.on("message", (message: ToParser) => void parse(message).catch(() => send({ type: "broken" })));
  send({ type: "ready" });
}
