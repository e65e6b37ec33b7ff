/** Languages whose sources are read. */
export type Language = "typescript" | "java" | "kotlin" | "python" | "go";

/** The grammars; JavaScript is read by that of TypeScript with JSX. HCL is Terraform's, and no source. */
export type GrammarName = "typescript" | "tsx" | "java" | "kotlin" | "python" | "go" | "hcl";

interface LanguageOfName {
  readonly language: Language;
  readonly grammar: GrammarName;
}

const BY_ENDING: Readonly<Record<string, LanguageOfName>> = {
  ts: { language: "typescript", grammar: "typescript" },
  mts: { language: "typescript", grammar: "typescript" },
  cts: { language: "typescript", grammar: "typescript" },
  tsx: { language: "typescript", grammar: "tsx" },
  js: { language: "typescript", grammar: "tsx" },
  mjs: { language: "typescript", grammar: "tsx" },
  cjs: { language: "typescript", grammar: "tsx" },
  jsx: { language: "typescript", grammar: "tsx" },
  java: { language: "java", grammar: "java" },
  kt: { language: "kotlin", grammar: "kotlin" },
  kts: { language: "kotlin", grammar: "kotlin" },
  py: { language: "python", grammar: "python" },
  go: { language: "go", grammar: "go" },
};

/** How a file of this name is read; undefined for what is no source, only declares types, or was packed for browsers. */
export function languageOf(path: string): LanguageOfName | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
  if (/\.(min|bundle)\.[cm]?js$|\.d\.[cm]?ts$/.test(name)) return undefined;
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
}

/** Whether a file of this name is read as a source. */
export function isSource(path: string): boolean {
  return languageOf(path) !== undefined;
}
