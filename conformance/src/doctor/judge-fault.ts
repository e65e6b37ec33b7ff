import { systemClock } from "@ottla/base/node";
import type { Admin } from "@ottla/client";
import { type ApplyWorld, applyPlan, drawUpPlan, Journal } from "@ottla/expert/apply";
import { glanceUntil, readCertificate, registryReader, takeSnapshot } from "@ottla/expert/collect";
import { type ClusterObservation, type DoctorFinding, type DoctorReport, examineCluster, observeCluster } from "@ottla/expert/doctor";
import { digestOf, parsePlan, printPlan } from "@ottla/expert/plan";
import { SimulatedDisk } from "@ottla/base/simulated";
import { waitUntil } from "../process/wait-until.ts";
import type { BrokenThing, Fault, FaultResult, FaultWorld } from "./fault.ts";

const LOOK_EVERY_MS = 500;
/** Of a watch, on a machine so busy that a look takes seconds. */
const LOOKS_MIN = 8;
/** A cluster takes its time to settle; where it is watched each time, that comes on top. */
const CURED_WITHIN_MS = 60_000;

/** The doctor's word on the cluster after one look, or after looks over so long. */
export async function examine({ admin, client }: Pick<FaultWorld, "admin" | "client">, watchS = 0, wanted?: Wanted): Promise<DoctorReport> {
  const { signal } = new AbortController();
  const registry = registryReader(client, systemClock);
  const untilMs = systemClock.monotonicMs() + watchS * 1000;
  let observation: ClusterObservation | undefined;
  for (;;) {
    observation = observeCluster(
      observation,
      await takeSnapshot(admin, { clock: systemClock, signal, readCertificate, registry, before: observation?.snapshot }),
    );
    const isSeenOften = watchS === 0 || observation.looks >= LOOKS_MIN;
    if (isSeenOften && systemClock.monotonicMs() >= untilMs)
      return withoutTheSuite(examineCluster(observation, { profile: "prod" }), wanted);
    observation = await glanceUntil(admin, observation, systemClock.monotonicMs() + LOOK_EVERY_MS, { clock: systemClock, signal });
  }
}

/** True of every cluster of the suite, and not what is being looked for: the disk of the machine, its temporary folder, brokers that talk over loopback in the clear, the suite's own super user. */
const TRUE_OF_THE_SUITE: readonly string[] = ["CLU-09", "BRK-08", "BRK-20", "SEC-09"];

/** What is looked for: rules, and what they are to be about. */
interface Wanted {
  readonly rules: readonly string[];
  readonly about: string;
}

function withoutTheSuite(report: DoctorReport, wanted: Wanted | undefined): DoctorReport {
  const isWanted = (finding: DoctorFinding) => wanted?.rules.includes(finding.rule) && isAbout(finding, wanted.about);
  return { ...report, findings: report.findings.filter((finding) => !TRUE_OF_THE_SUITE.includes(finding.rule) || isWanted(finding)) };
}

/** Breaks, asks, mends as the doctor says, and asks again. */
export async function judgeFault(world: FaultWorld, fault: Fault): Promise<FaultResult> {
  const result = { fault, found: false, isFirst: false, cured: false };
  const missing = fault.missing?.();
  if (missing !== undefined) return { ...result, skipped: true, note: `left out: ${missing}` };
  let broken: BrokenThing | undefined;
  let seen = { found: false, isFirst: false };
  try {
    broken = await fault.make(world);
    const { about, decided, seenBy: admin = world.admin } = broken;
    const { client } = world;
    const { findings } = await examine({ admin, client }, fault.watchS, { rules: fault.rules, about });
    const finding = findings.find((each) => names(each, fault, about));
    const others = findings.filter((each) => isAbout(each, about));
    if (finding === undefined) return { ...result, note: others.length === 0 ? "nothing was said" : `said: ${ruleNames(others)}` };
    const isFirst = findings[0] === finding;
    seen = { found: true, isFirst };
    const note = isFirst ? "" : `first: ${ruleNames(findings.slice(0, 1))}`;
    const changes = decided ?? finding.changes ?? [];
    if (fault.cure === "plan" && changes.length === 0)
      return { ...result, found: true, isFirst, note: `${note} the finding has no changes`.trim() };
    if (fault.cure === "plan") await applyChanges(admin, { ...finding, changes });
    else await broken.heal?.();
    const left = await silenceOf({ admin, client }, fault, about);
    return { ...result, found: true, isFirst, cured: left === undefined, note: left ?? note };
  } catch (error) {
    return { ...result, ...seen, note: error instanceof Error ? error.message.slice(0, 200) : String(error) };
  } finally {
    await broken?.cleanUp().catch(() => {});
  }
}

/** Whether the finding, or what it brings about, is by one of the fault's rules, about its thing, and says what it must. */
function names(finding: DoctorFinding, { rules, says }: Fault, about: string): boolean {
  const all = [finding.rule, ...(finding.consequences ?? []).map(({ rule }) => rule)];
  return all.some((rule) => rules.includes(rule)) && isAbout(finding, about) && (says?.test(finding.message) ?? true);
}

/** Through a plan's file, as a user would. */
async function applyChanges(admin: Admin, { rule, message, changes = [] }: DoctorFinding): Promise<void> {
  const applying: ApplyWorld = { admin, clock: systemClock, signal: new AbortController().signal };
  const drawn = await drawUpPlan(
    applying,
    changes.map((change) => ({ change, rule, reason: message })),
  );
  const [unplanned] = drawn.unplanned;
  if (unplanned) throw new Error(`not planned: ${unplanned.reason}`);
  const { plan, isEdited } = parsePlan(printPlan(drawn.plan, { bootstrapServer: "127.0.0.1:9092" }));
  if (isEdited) throw new Error("the plan's file does not come back as it was");
  const journal = await Journal.open(new SimulatedDisk(), "plan.journal", digestOf(plan), () => systemClock.nowMs());
  const highRisk = new Set(plan.steps.map(({ id }) => id));
  await applyPlan(applying, plan, journal, { highRisk }, { begun: () => {}, progress: () => {}, ended: () => {} });
  journal.close();
}

/** Undefined when the doctor says nothing more about it; a cluster takes its time to settle. */
async function silenceOf(world: Pick<FaultWorld, "admin" | "client">, fault: Fault, about: string): Promise<string | undefined> {
  let left: readonly DoctorFinding[] = [];
  try {
    await waitUntil(
      "the doctor is silent",
      async () => {
        left = (await examine(world, fault.watchS, { rules: fault.rules, about })).findings.filter((each) => isAbout(each, about));
        return !left.some((each) => names(each, fault, about));
      },
      { timeoutMs: CURED_WITHIN_MS + 3000 * (fault.watchS ?? 0), everyMs: LOOK_EVERY_MS },
    );
    return undefined;
  } catch {
    return `still said: ${ruleNames(left)}`;
  }
}

function isAbout({ subject, message, evidence, consequences }: DoctorFinding, about: string): boolean {
  const told = [subject, message, evidence, ...(consequences ?? []).flatMap((each) => [each.subject, each.message])];
  return told.some((text) => text.includes(about));
}

/** `TOP-03 (topic orders), CLU-01 (…)`. */
export function ruleNames(findings: readonly DoctorFinding[]): string {
  return findings.map(({ rule, subject }) => `${rule} (${subject})`).join(", ");
}
