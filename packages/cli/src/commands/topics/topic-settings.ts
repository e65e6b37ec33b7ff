import { UsageError } from "../../command.ts";

/** `--config NAME=VALUE` as pairs. */
export function settingsOf(assignments: readonly string[]): (readonly [string, string])[] {
  return assignments.map((assignment) => {
    const equals = assignment.indexOf("=");
    if (equals < 1) throw new UsageError(`"${assignment}" is no setting; write NAME=VALUE.`);
    return [assignment.slice(0, equals).trim(), assignment.slice(equals + 1)];
  });
}
