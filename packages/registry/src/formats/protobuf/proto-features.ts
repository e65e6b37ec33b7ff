import type { ProtoField, ProtoOption } from "./proto-file.ts";

/** What `features.NAME = WORD` or `features = { NAME: WORD }` says, as far as it is there. */
export function featureOf(options: readonly ProtoOption[], feature: string): string | undefined {
  for (const { name, value } of options) {
    if (name === `features.${feature}` && value.kind === "word") return value.text;
    if (name !== "features" || value.kind !== "message") continue;
    const found = value.fields.find((field) => field.name === feature)?.value;
    if (found?.kind === "word") return found.text;
  }
  return undefined;
}

/** A word that an option of a name has. */
export function wordOption(options: readonly ProtoOption[], name: string): string | undefined {
  const value = options.find((option) => option.name === name)?.value;
  return value?.kind === "word" ? value.text : undefined;
}

/** A reader refuses data without it. */
export function isRequired(field: ProtoField): boolean {
  return field.label === "required" || featureOf(field.options, "field_presence") === "LEGACY_REQUIRED";
}
