import { inVersions, type SpecField, type Subject, type Values } from "../../packages/protocol/src/spec-tests/spec-files.ts";

/** A message in the form Kafka's JSON converters read: only the fields of that version, bytes in base64. */
export function toJavaValues(subject: Subject, version: number, message: unknown, fields: readonly SpecField[] = subject.fields): unknown {
  const values = message as Values;
  const result: Record<string, unknown> = {};
  for (const field of fields)
    if (inVersions(field.versions, version)) result[field.name] = toJavaValue(subject, version, field, values[field.name]);
  return result;
}

function toJavaValue(subject: Subject, version: number, field: SpecField, value: unknown): unknown {
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return value.toString("base64");
  const struct = subject.structs.get(field.type.replace("[]", ""));
  if (Array.isArray(value))
    return value.map((element) => (struct === undefined ? element : toJavaValues(subject, version, element, struct)));
  return struct === undefined ? value : toJavaValues(subject, version, value, struct);
}
