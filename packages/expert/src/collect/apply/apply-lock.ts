import { type DirectoryLock, type Disk, DiskError } from "@ottla/base";
import { PlanError } from "../../plan/plan-error.ts";

/**
 * Holds a directory, which is made if it is not there and stays, for as long as a plan is carried out: to take it away would give a lock to two of those that come at that moment. `what` is the beginning of
 * the sentence for those that come second, who are told which process has it. Errors: `PLAN_IN_USE`, those of the disk.
 */
export function lockForApply(disk: Disk, directory: string, what: string): DirectoryLock {
  if (disk.stat(directory) === undefined) makeDirectory(disk, directory);
  try {
    return disk.lockDirectory(directory);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "DISK_LOCKED") throw error;
    const holder =
      /in use by ((?:another process|this process|process \d+(?: on \S+?)?))[;.]/.exec(error.message)?.[1] ?? "another process";
    throw new PlanError("PLAN_IN_USE", `${what} by ${holder} at this moment. Wait until it has ended; nothing was done.`, { cause: error });
  }
}

/** Of two that make it at once one finds it there. */
function makeDirectory(disk: Disk, directory: string): void {
  try {
    disk.makeDirectory(directory);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "DISK_EXISTS") throw error;
  }
}
