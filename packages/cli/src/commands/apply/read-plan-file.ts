import { readFileSync, statSync } from "node:fs";
import { PLAN_FILE_BYTES_MAX, PlanError, type PlanFile, parsePlan } from "@ottla/expert/plan";
import { UsageError } from "../../command.ts";
import { shown } from "../../output.ts";

/** The plan in a file. Throws {@link UsageError} where there is no file, PLAN_UNREADABLE, or PLAN_EDITED unless that is accepted. */
export function readPlanFile(path: string, acceptEdited: boolean): PlanFile {
  const file = parsePlan(textOf(path));
  if (file.isEdited && !acceptEdited)
    throw new PlanError(
      "PLAN_EDITED",
      shown`${path} was changed after it was made. Look at it again; if it is meant so, give --accept-edited.`,
    );
  return file;
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > PLAN_FILE_BYTES_MAX) throw new UsageError(shown`${path} is too large for a plan.`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(shown`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
