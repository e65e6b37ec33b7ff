import { dirname } from "node:path";
import { type Clock, type Disk, TimeSlice } from "@ottla/base";
import { journalledProgress, type StepProgress } from "../apply/journal.ts";
import type { Plan } from "../../plan/plan.ts";
import { digestOf } from "../../plan/plan-digest.ts";
import { parsePlan, planAsJson } from "../../plan/plan-file.ts";

/** A plan that was begun here, by this process or one before it. */
export interface BegunPlan {
  readonly plan: Plan;
  readonly digest: string;
  /** Of each step that anything was done of, as its journal tells. */
  readonly progress: ReadonlyMap<string, StepProgress>;
}

/** So many are kept; the oldest goes, with its journal. */
const BEGUN_PLANS_MAX = 100;
/** Of larger ones the journal alone is kept: they are carried out, and taken back only by whoever has them. */
const PLAN_CHARS_MAX = 1024 * 1024;
const PLAN_NAME = /^(\w{1,40})\.plan\.json$/;

/** Where the journal of a plan is, in a folder of journals. */
export function journalPathOf(folder: string, plan: Plan): string {
  return `${folder}/${digestOf(plan).replace(/[^\w]/g, "").slice(0, 40)}.journal`;
}

/** Keeps a plan beside its journal, before anything of it is done. */
export async function keepPlan(disk: Disk, journalPath: string, plan: Plan): Promise<void> {
  const path = journalPath.replace(/\.journal$/, ".plan.json");
  const text = planAsJson(plan);
  if (disk.stat(path) !== undefined || text.length > PLAN_CHARS_MAX) return;
  for (const name of newestPlans(disk, dirname(path)).slice(BEGUN_PLANS_MAX - 1)) {
    disk.remove(`${dirname(path)}/${name}`);
    disk.remove(`${dirname(path)}/${name.replace(/\.plan\.json$/, ".journal")}`);
  }
  await disk.replace(path, Buffer.from(text));
}

/** The plans of the cluster of which something was done that was not taken back, the oldest first. What cannot be read is passed over. */
export async function readBegunPlans(disk: Disk, folder: string, clusterId: string, clock: Clock): Promise<readonly BegunPlan[]> {
  const found: BegunPlan[] = [];
  const slice = new TimeSlice(clock);
  for (const name of newestPlans(disk, folder).reverse()) {
    const begun = readBegun(disk, folder, name);
    if (begun !== undefined && begun.plan.clusterId === clusterId && begun.progress.size > 0) found.push(begun);
    if (slice.isOver) await slice.rest();
  }
  return found;
}

function readBegun(disk: Disk, folder: string, name: string): BegunPlan | undefined {
  try {
    if ((disk.stat(`${folder}/${name}`)?.sizeBytes ?? Infinity) > PLAN_CHARS_MAX * 4) return undefined;
    const { plan, digest, isEdited } = parsePlan(disk.readFile(`${folder}/${name}`).toString());
    const journal = journalPathOf(folder, plan);
    return isEdited || disk.stat(journal) === undefined ? undefined : { plan, digest, progress: journalledProgress(disk, journal, digest) };
  } catch {
    return undefined;
  }
}

function newestPlans(disk: Disk, folder: string): string[] {
  return disk
    .list(folder)
    .filter((name) => PLAN_NAME.test(name))
    .map((name) => ({ name, modifiedMs: disk.stat(`${folder}/${name}`)?.modifiedMs ?? 0 }))
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .map(({ name }) => name);
}
