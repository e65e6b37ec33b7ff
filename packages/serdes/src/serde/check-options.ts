import { SerdeError } from "../serdes-error.ts";
import type { SchemaSerdeOptions } from "./schema-serde-types.ts";

const CHOICES: readonly (readonly [name: string, words: readonly unknown[]])[] = [
  ["idIn", ["payload", "header"]],
  ["readAs", ["schema", "writer"]],
  ["autoRegister", [true, false]],
  ["useLatestVersion", [true, false]],
  ["normalize", [true, false]],
];

/** What all formats' options must be. */
export function checkOptions(name: string, options: SchemaSerdeOptions, further: CheckedChoices = []): void {
  if (typeof options !== "object" || options === null) throw invalid(`${name}()`, "options with a registry");
  const given = options as unknown as Readonly<Record<string, unknown>>;
  const registry = given["registry"] as { register?: unknown } | undefined;
  if (typeof registry?.register !== "function") throw invalid(`${name}: registry`, "what createRegistryClient() gives");
  for (const [option, words] of [...CHOICES, ...further]) {
    if (given[option] !== undefined && !words.includes(given[option]))
      throw invalid(`${name}: ${option}`, words.map((word) => JSON.stringify(word)).join(" or "));
  }
  const naming = given["subject"];
  if (naming !== undefined && typeof naming !== "function" && !["topic", "record", "topic-record"].includes(naming as string))
    throw invalid(`${name}: subject`, '"topic", "record", "topic-record" or a function');
}

export type CheckedChoices = readonly (readonly [name: string, words: readonly unknown[]])[];

/** An option that is not what it must be. */
export function invalid(what: string, mustBe: string): SerdeError {
  return new SerdeError("SERDE_INVALID_OPTION", `${what} must be ${mustBe}.`);
}
