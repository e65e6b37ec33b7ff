import { UsageError } from "./command.ts";

/** Options of the form `NAME=VALUE` as pairs. Throws {@link UsageError}. */
export function assignmentsOf(assignments: readonly string[]): (readonly [string, string])[] {
  return assignments.map((assignment) => {
    const equals = assignment.indexOf("=");
    if (equals < 1) throw new UsageError(`"${assignment}" is no setting; write NAME=VALUE.`);
    return [assignment.slice(0, equals).trim(), assignment.slice(equals + 1)];
  });
}
