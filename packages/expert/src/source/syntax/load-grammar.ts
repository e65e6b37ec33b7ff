import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { Language, Parser } from "web-tree-sitter";
import type { GrammarName } from "./language.ts";

/** Of what runs WebAssembly, the part that is needed here. */
declare const WebAssembly: { readonly Memory: new (bounds: { readonly initial: number; readonly maximum: number }) => object };

/** Of 64 KiB: what the parser starts with, and what it may come to (256 MiB). */
const MEMORY_PAGES_MIN = 512;
const MEMORY_PAGES_MAX = 4096;

const unpack = promisify(brotliDecompress);

const MODULES: Readonly<Record<GrammarName, () => Promise<{ readonly packedModule: string }>>> = {
  typescript: () => import("./generated/typescript.ts"),
  tsx: () => import("./generated/tsx.ts"),
  java: () => import("./generated/java.ts"),
  kotlin: () => import("./generated/kotlin.ts"),
  python: () => import("./generated/python.ts"),
  go: () => import("./generated/go.ts"),
  hcl: () => import("./generated/hcl.ts"),
};

let runtime: Promise<void> | undefined;
const parsers = new Map<GrammarName, Promise<Parser>>();

/** A parser for the grammar, made at the first call. One parse at a time: it is shared. */
export function loadParser(grammar: GrammarName): Promise<Parser> {
  let parser = parsers.get(grammar);
  if (!parser) parsers.set(grammar, (parser = makeParser(grammar)));
  return parser;
}

async function makeParser(grammar: GrammarName): Promise<Parser> {
  runtime ??= startRuntime();
  await runtime;
  const language = await Language.load(await bytesOf(MODULES[grammar]));
  return new Parser().setLanguage(language);
}

async function startRuntime(): Promise<void> {
  const wasmMemory = new WebAssembly.Memory({ initial: MEMORY_PAGES_MIN, maximum: MEMORY_PAGES_MAX });
  await Parser.init({ wasmBinary: await bytesOf(() => import("./generated/runtime.ts")), wasmMemory });
}

async function bytesOf(load: () => Promise<{ readonly packedModule: string }>): Promise<Uint8Array> {
  return unpack(Buffer.from((await load()).packedModule, "base64"));
}
