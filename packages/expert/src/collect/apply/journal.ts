import { dirname } from "node:path";
import type { DirectoryLock, Disk, DiskFile } from "@ottla/base";
import { z } from "zod";
import { PlanError } from "../../plan/plan-error.ts";
import { lockForApply } from "./apply-lock.ts";
import type { ChangeMemo } from "./change-actions.ts";

/** A plan has 10,000 steps at most, and each may be begun some times. */
const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;

const entrySchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("plan"), digest: z.string() }),
  z.object({ event: z.literal("begin"), step: z.string(), memo: z.record(z.string(), z.unknown()) }),
  z.object({ event: z.enum(["done", "already", "undoBegin", "undone"]), step: z.string() }),
]);

/** A line of a journal: what is about to happen, or has happened. `already`: there was nothing to do. */
export type JournalEntry = z.infer<typeof entrySchema>;

/** How far a step is, as its journal tells. */
export type StepProgress = "untouched" | "begun" | "done" | "already" | "undoBegun";

/**
 * What was done of a plan, in a file beside it: a line of JSON for each thing, on the disk before that thing happens. A line that was not whole when the power went is none. One at a time has it open: the
 * system's own lock sees to that, which goes with the process however it ends.
 */
export class Journal {
  readonly #file: DiskFile;
  readonly #lock: DirectoryLock;
  readonly #nowMs: () => number;
  readonly #progress = new Map<string, StepProgress>();
  readonly #memos = new Map<string, ChangeMemo>();

  private constructor(file: DiskFile, lock: DirectoryLock, nowMs: () => number) {
    this.#file = file;
    this.#lock = lock;
    this.#nowMs = nowMs;
  }

  /** Opens the journal of the plan with that digest, or begins one. Errors: `PLAN_JOURNAL`, `PLAN_IN_USE`, those of the disk. */
  static async open(disk: Disk, path: string, digest: string, nowMs: () => number): Promise<Journal> {
    // Before anything of it is read or cut: a line that another is just writing is not a half one.
    const lock = lockForApply(disk, `${path}.lock`, "This plan is being carried out or taken back");
    let file: DiskFile | undefined;
    try {
      file = disk.open(path);
      const { entries, wholeBytes } = readEntries(disk, path);
      const [first, ...rest] = entries;
      if (first !== undefined && (first.event !== "plan" || first.digest !== digest))
        throw new PlanError(
          "PLAN_JOURNAL",
          `${path} is the journal of another plan, or of this one before it was edited: move it away to begin anew.`,
        );
      if (wholeBytes < file.sizeBytes) file.truncate(wholeBytes);
      const journal = new Journal(file, lock, nowMs);
      if (first === undefined) {
        await journal.note({ event: "plan", digest });
        await disk.syncNames(dirname(path));
      }
      for (const entry of rest) journal.#apply(entry);
      return journal;
    } catch (error) {
      file?.close();
      lock.release();
      throw error;
    }
  }

  progressOf(step: string): StepProgress {
    return this.#progress.get(step) ?? "untouched";
  }

  /** What was noted when the step was begun. */
  memoOf(step: string): ChangeMemo | undefined {
    return this.#memos.get(step);
  }

  /** Resolves when the line is on the disk. */
  async note(entry: JournalEntry): Promise<void> {
    this.#file.append([Buffer.from(`${JSON.stringify({ ...entry, at: new Date(this.#nowMs()).toISOString() })}\n`)]);
    await this.#file.sync();
    this.#apply(entry);
  }

  close(): void {
    this.#file.close();
    this.#lock.release();
  }

  #apply(entry: JournalEntry): void {
    if (entry.event === "plan") return;
    if (entry.event === "begin") this.#memos.set(entry.step, entry.memo);
    this.#progress.set(entry.step, PROGRESS[entry.event]);
  }
}

const PROGRESS: Readonly<Record<Exclude<JournalEntry["event"], "plan">, StepProgress>> = {
  begin: "begun",
  done: "done",
  already: "already",
  undoBegin: "undoBegun",
  undone: "untouched",
};

/** How far the steps are of the plan with that digest, for who only looks: a journal that is being written is read as far as it is. Nothing of a step that was not begun, or was taken back. Errors: `PLAN_JOURNAL`, those of the disk. */
export function journalledProgress(disk: Disk, path: string, digest: string): ReadonlyMap<string, StepProgress> {
  const [first, ...rest] = readEntries(disk, path).entries;
  const progress = new Map<string, StepProgress>();
  if (first?.event !== "plan" || first.digest !== digest) return progress;
  for (const entry of rest) if (entry.event !== "plan") progress.set(entry.step, PROGRESS[entry.event]);
  for (const [step, each] of progress) if (each === "untouched") progress.delete(step);
  return progress;
}

function readEntries(disk: Disk, path: string): { readonly entries: readonly JournalEntry[]; readonly wholeBytes: number } {
  const bytes = disk.readFile(path);
  if (bytes.length > JOURNAL_BYTES_MAX) throw new PlanError("PLAN_JOURNAL", `${path} is too large for a journal.`);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
  const entries = lines.map((line, i) => {
    const { data } = entrySchema.safeParse(parsed(line));
    if (data === undefined)
      throw new PlanError("PLAN_JOURNAL", `Line ${i + 1} of ${path} is no line of a journal: it was changed, or the disk lost a part.`);
    return data;
  });
  return { entries, wholeBytes };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
