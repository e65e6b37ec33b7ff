const SURPRISES: ReadonlySet<string> = new Set(["PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"]);

/** The number one surprise of JSON Schema, explained where it strikes; undefined where it does not. */
export function openModelHint(kinds: Iterable<string>): string | undefined {
  const struck = [...kinds].filter((kind) => SURPRISES.has(kind));
  if (struck.length === 0) return undefined;
  return struck.includes("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL")
    ? 'Why: without "additionalProperties": false a JSON Schema is open, so old data may hold anything under the new name already, of any type. Close the model in the first version; or set the subject\'s compatibilityPolicy to LENIENT, which takes optional properties added to an open model.'
    : "Why: a closed model refuses what it does not name, so old data with the property is refused by the new schema. Leave the property in, or set the subject's compatibilityPolicy to LENIENT.";
}
