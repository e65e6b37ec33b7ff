import { invalid } from "../serde/check-options.ts";

const FULL_NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** What the record or message of a type is called. Throws `SerdeError` SERDE_INVALID_OPTION where nothing says it. */
export function nameOfType(
  serde: string,
  given: string | undefined,
  json: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly namespace: string } {
  const full: unknown = given ?? json["title"];
  if (typeof full !== "string" || !FULL_NAME.test(full))
    throw invalid(`${serde}: name`, 'the full name of the record ("shop.Order"), or the type has a title like it');
  const dot = full.lastIndexOf(".");
  return { name: full.slice(dot + 1), namespace: full.slice(0, Math.max(0, dot)) };
}
