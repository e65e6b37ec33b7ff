/** The files of a new plugin. */
export interface Skeleton {
  readonly plugin: string;
  readonly test: string;
  /** Commands to go on with. */
  readonly next: readonly string[];
}

/** What is made of a plugin's name. */
export function words(name: string): { readonly variable: string } {
  const camel = name.replaceAll(/-+([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
  // A word of the language, or a number, is no name there.
  return { variable: `${camel}Plugin` };
}
