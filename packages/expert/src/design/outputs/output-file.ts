/** A file that a design becomes. */
export interface OutputFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isExecutable?: true;
}

/** Stands at the top of each file that has comments. */
export function generatedBy(system: string): string {
  return `Written by "ottla design" for ${system}. Change the design file and write it again.`;
}

/** Several lines as comments of a shell, HCL, YAML or properties file. */
export function comment(text: string, indent = ""): string {
  return `${indent}# ${text.replaceAll(/[\r\n]+/g, " ")}`;
}
