import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { repositoryRoot } from "../paths.ts";
import type { StreamsCase } from "./case.ts";
import { caseText } from "./case-text.ts";

const folder = `${repositoryRoot}conformance/src/streams/kept`;

/** A case of the folder of kept ones, by its file's name. */
export interface KeptCase {
  readonly name: string;
  readonly kept: StreamsCase;
}

/** The kept cases whose name contains one of the words; all without words. In the order of their names. */
export function keptCases(words: readonly string[] = []): KeptCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && (words.length === 0 || words.some((word) => file.includes(word))))
    .sort()
    .map((file) => ({ name: file.slice(0, -".json".length), kept: JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as StreamsCase }));
}

/** Writes the case into the folder; returns its path. */
export function keepCase(name: string, kept: StreamsCase): string {
  const file = `${folder}/${name}.json`;
  writeFileSync(file, caseText(kept));
  return file;
}
