import { readFileSync } from "node:fs";
import wabt from "wabt";

/** A TypeScript module that exports the WebAssembly module in the text file as base64, under `name`. `source` is for the header. */
export async function emitAssembled(file: string, name: string, source: string): Promise<string> {
  const assembler = await wabt();
  const module = assembler.parseWat(source, readFileSync(file, "utf8"), { bulk_memory: true });
  try {
    const { buffer } = module.toBinary({});
    return `// Generated from ${source} by \`npm run gen\`. Do not edit.

/** A WebAssembly module in base64. */
export const ${name} =
  "${Buffer.from(buffer).toString("base64")}";
`;
  } finally {
    module.destroy();
  }
}
