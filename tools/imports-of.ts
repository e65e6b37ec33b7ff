const IMPORT = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']/gm;

/** As {@link importsOf}, without those that are imported only when the code runs. */
export function staticImportsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].flatMap((match) => match[1] ?? []);
}

/** The modules a TypeScript source imports or re-exports, `import("…")` included. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2]!);
}
