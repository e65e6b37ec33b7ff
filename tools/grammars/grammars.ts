/**
 * Writes packages/expert/src/source/syntax/generated: the grammars by which `ottla lint` reads sources, as they stand in the packages named here.
 * Each becomes a module of its own, so that a grammar is loaded when a file of its language is met.
 *
 *   npm run grammars
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { root } from "../workspaces.ts";

interface Grammar {
  readonly name: string;
  readonly package: string;
  readonly file: string;
  /** Default: the MIT License. */
  readonly license?: string;
}

const VSCODE = "@vscode/tree-sitter-wasm@0.3.1";
const grammars: readonly Grammar[] = [
  { name: "runtime", package: "web-tree-sitter@0.27.2", file: "web-tree-sitter.wasm" },
  ...["typescript", "tsx", "java", "python", "go"].map((name) => ({ name, package: VSCODE, file: `wasm/tree-sitter-${name}.wasm` })),
  { name: "kotlin", package: "@tree-sitter-grammars/tree-sitter-kotlin@1.1.0", file: "tree-sitter-kotlin.wasm" },
  {
    name: "hcl",
    package: "@tree-sitter-grammars/tree-sitter-hcl@1.2.0",
    file: "tree-sitter-terraform.wasm",
    license: "Apache License 2.0",
  },
];

const folder = mkdtempSync(join(tmpdir(), "ottla-grammars-"));
try {
  writeFileSync(join(folder, "package.json"), "{}\n");
  const packages = [...new Set(grammars.map((grammar) => grammar.package))];
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages], { cwd: folder, stdio: "inherit" });
  for (const grammar of grammars) {
    const bytes = readFileSync(join(folder, "node_modules", grammar.package.slice(0, grammar.package.lastIndexOf("@")), grammar.file));
    const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    const target = join(root, "packages", "expert", "src", "source", "syntax", "generated", `${grammar.name}.ts`);
    writeFileSync(target, moduleOf(grammar, bytes, packed));
    console.log(`${grammar.name}: ${bytes.length} bytes, ${packed.length} packed`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function moduleOf(grammar: Grammar, bytes: Buffer, packed: Buffer): string {
  return `// Generated from ${grammar.package} (${grammar.license ?? "MIT License"}) by \`npm run grammars\`. Do not edit.

/** ${grammar.file}, packed by Brotli, in base64. SHA-256 of the file: ${createHash("sha256").update(bytes).digest("hex")}. */
export const packedModule =
  "${packed.toString("base64")}";
`;
}
