import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { Edition } from "@bufbuild/protobuf/wkt";

/** As many kinds of messages are taken by the quick way. */
const MESSAGES_MAX = 500;
/** Google's own that are messages like any other; the rest have shapes of their own. */
const PLAIN = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.Any",
  "google.protobuf.Empty",
  "google.protobuf.FieldMask",
]);

/** Whether a message, and all that can stand in it, is of proto3 and without what is seldom there: then the quick way takes it. */
export function isRegular(message: DescMessage): boolean {
  const seen = new Set<DescMessage>([message]);
  for (const each of seen) {
    if (seen.size > MESSAGES_MAX || each.file.edition !== Edition.EDITION_PROTO3) return false;
    if (each.typeName.startsWith("google.protobuf.") && !PLAIN.has(each.typeName)) return false;
    if (!each.fields.every(isPlainField)) return false;
    for (const { message: inside } of each.fields) if (inside !== undefined) seen.add(inside);
  }
  return true;
}

function isPlainField(field: DescField): boolean {
  // A name that every object has already would have to be looked at otherwise.
  if (field.localName in {}) return false;
  if (field.fieldKind === "message") return !field.delimitedEncoding;
  return field.fieldKind !== "list" || field.listKind !== "message" || !field.delimitedEncoding;
}
