import type { SerdeContext } from "@ottla/client";
import { SerdeError } from "../serdes-error.ts";
import type { SubjectName } from "./schema-serde-types.ts";

/** The subject that a topic's field is registered under. */
export function subjectOf(naming: SubjectName, context: SerdeContext, recordName: string | undefined): string {
  const { field, topic } = context;
  if (typeof naming === "function") {
    const subject: unknown = naming({ ...context, recordName });
    if (typeof subject === "string" && subject !== "") return subject;
    throw new SerdeError(
      "SERDE_INVALID_OPTION",
      `subject() gave ${JSON.stringify(subject) ?? String(subject)} for the ${field} of ${topic}; it must give a name.`,
      context,
    );
  }
  if (naming === "topic") return `${topic}-${field}`;
  if (recordName === undefined)
    throw new SerdeError(
      "SERDE_INVALID_OPTION",
      `The schema for the ${field} of ${topic} has no name, after which subject: "${naming}" names the subject; give it one, or take subject: "topic".`,
      context,
    );
  return naming === "record" ? recordName : `${topic}-${recordName}`;
}
