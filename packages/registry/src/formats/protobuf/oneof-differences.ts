import type { ProtoField, ProtoMessage } from "./proto-file.ts";

/** What a change of oneofs breaks; the field is the reader's, or the writer's when the reader lacks it. */
export interface OneofProblem {
  readonly kind: "ONEOF_FIELD_REMOVED" | "MULTIPLE_FIELDS_MOVED_TO_ONEOF" | "FIELD_MOVED_TO_EXISTING_ONEOF";
  readonly field: ProtoField;
  readonly message: string;
}

/**
 * Of the fields of a oneof a reader keeps the last one: fields that could be written together must not come into one, and of a oneof that stays each field stays.
 * A oneof is known by its name, or by the fields that it still has.
 */
export function oneofProblems(reader: ProtoMessage, writer: ProtoMessage): readonly OneofProblem[] {
  if (reader.oneofs.length === 0) return [];
  return [...removedFields(reader, writer), ...movedFields(reader, writer)];
}

function removedFields(reader: ProtoMessage, writer: ProtoMessage): readonly OneofProblem[] {
  if (writer.oneofs.length === 0) return [];
  const read = new Map(reader.fields.map((field) => [field.number, field]));
  const alive = new Set(reader.oneofs.map(({ name }) => name));
  for (const { oneof, number } of writer.fields) {
    if (oneof !== undefined && read.get(number)?.oneof !== undefined) alive.add(oneof);
  }
  return writer.fields
    .filter(({ oneof, number }) => oneof !== undefined && alive.has(oneof) && !read.has(number))
    .map((field) => ({
      kind: "ONEOF_FIELD_REMOVED",
      field,
      message: `The reader's oneof "${field.oneof}" lacks the field "${field.name}", so that it is empty where that was written; keep the field.`,
    }));
}

function movedFields(reader: ProtoMessage, writer: ProtoMessage): readonly OneofProblem[] {
  const written = new Map(writer.fields.map((field) => [field.number, field]));
  const writtenOneofs = new Set(writer.oneofs.map(({ name }) => name));
  const problems: OneofProblem[] = [];
  const ofOneof = Map.groupBy(
    reader.fields.filter(({ oneof, number }) => oneof !== undefined && written.has(number)),
    ({ oneof }) => oneof as string,
  );
  for (const [oneof, fields] of ofOneof) {
    const source = ({ number }: ProtoField): string | number => written.get(number)?.oneof ?? number;
    // One of the writer's oneofs that goes on here, under its own name or another.
    const goesOn = writtenOneofs.has(oneof) ? oneof : fields.map(source).find((each) => typeof each === "string");
    const outside = fields.filter((field) => source(field) !== goesOn);
    if (goesOn !== undefined) {
      for (const field of outside) {
        const message = `The field "${field.name}" moved into the oneof "${oneof}", which has others that the data may have beside it; leave it outside.`;
        problems.push({ kind: "FIELD_MOVED_TO_EXISTING_ONEOF", field, message });
      }
    } else if (outside.length > 1) {
      const names = outside.slice(0, 5).map(({ name }) => `"${name}"`);
      const message = `The fields ${names.join(", ")}${outside.length > 5 ? ", …" : ""} moved into the oneof "${oneof}", and the data may have several of them; move one at most.`;
      problems.push({ kind: "MULTIPLE_FIELDS_MOVED_TO_ONEOF", field: outside[0] as ProtoField, message });
    }
  }
  return problems;
}
