import { type Clock, TimeSlice } from "@ottla/base";
import type { Severity } from "../lint/finding.ts";
import { EMPTY_CONFIG } from "../lint/lint-config.ts";
import { type SetThresholds, thresholdsOf } from "../lint/threshold-config.ts";
import type { DeployedFirst, Profile } from "../rules/rule.ts";
import { defaultsOf } from "../rules/threshold.ts";
import type { BrokerSnapshot } from "../snapshot/broker-snapshot.ts";
import { isObserved, valueOf } from "../snapshot/observed.ts";
import type { ClusterObservation } from "./cluster-observation.ts";
import type { ClusterContext, ClusterExample, ClusterHit, ClusterRule } from "./cluster-rule.ts";
import { clusterRules } from "./cluster-rules.ts";
import { ClusterView } from "./cluster-view.ts";
import type { DeclaredConsumer } from "./declared-consumer.ts";
import type { DoctorFinding, DoctorReport } from "./doctor-report.ts";
import { foldFindings, type RuleHit } from "./fold-findings.ts";
import { atOnce, inSlices, type Steps } from "../in-slices.ts";
import { mayBePartial, notCheckedOf, unseenPart } from "./unseen.ts";

/** How far an examination is. */
export interface JudgedSoFar {
  readonly rules: number;
  readonly ofRules: number;
  /** What they found so far, the gravest first. A later rule may explain some of it, and then it stands under that. */
  readonly findings: () => readonly DoctorFinding[];
}

/** What is asked of the doctor. */
export interface ExamineOptions {
  /** Default: {@link likelyProfile}. */
  readonly profile?: Profile;
  /** Rules by id, or families as `GRP`; all if nothing is said. */
  readonly only?: readonly string[];
  /** What is less grave is left out. Default `info`. */
  readonly minSeverity?: Severity;
  /** Numbers of rules, where the project wants others than the rules' own. */
  readonly thresholds?: SetThresholds;
  /** Which services the project deploys first when a schema changes. */
  readonly deployedFirst?: DeployedFirst;
  /** Consumers as the files of their applications declare them. */
  readonly declaredConsumers?: readonly DeclaredConsumer[];
  /** Told after each rule. */
  readonly onRule?: (sofar: JudgedSoFar) => void;
}

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/**
 * Judges a cluster by every rule that can see what it needs. A rule that could not is named in `notChecked`: it never counts as passed. Of a large cluster it is some tenths of a second of work, see
 * {@link examineInSlices}.
 */
export function examineCluster(observation: ClusterObservation, options: ExamineOptions = {}): DoctorReport {
  return atOnce(examining(observation, options));
}

/** As {@link examineCluster}, for callers whose loop has other work: it rests between rules, and between groups. */
export function examineInSlices(observation: ClusterObservation, clock: Clock, options: ExamineOptions = {}): Promise<DoctorReport> {
  return inSlices(examining(observation, options), new TimeSlice(clock));
}

function* examining(
  observation: ClusterObservation,
  { profile, only, minSeverity = "info", thresholds = EMPTY_CONFIG.thresholds, deployedFirst, declaredConsumers, onRule }: ExamineOptions,
): Steps<DoctorReport> {
  const { snapshot } = observation;
  const judgedAs = profile ?? likelyProfile(snapshot.brokers);
  const view = new ClusterView(observation, judgedAs);
  yield;
  yield* view.prepare();
  const chosen = clusterRules.filter(({ id, profiles }) => isChosen(id, only) && (profiles?.includes(judgedAs) ?? true));
  const hits: RuleHit[] = [];
  const unasked: (readonly [ClusterRule, string])[] = [];
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(minSeverity) + 1);
  const found = (): readonly DoctorFinding[] => foldFindings(hits).filter(({ severity }) => grave.includes(severity));
  for (const [at, rule] of chosen.entries()) {
    const reason = rule.needs.map((part) => unseenPart(part, observation, deployedFirst)).find((each) => each !== undefined);
    const context: ClusterContext = {
      threshold: thresholdsOf(rule, thresholds, judgedAs),
      ...(deployedFirst && { deployedFirst }),
      ...(declaredConsumers && { declaredConsumers }),
    };
    if (reason === undefined) for (const hit of rule.check(view, context)) hits.push({ rule, hit });
    else unasked.push([rule, reason]);
    onRule?.({ rules: at + 1, ofRules: chosen.length, findings: found });
    yield;
  }
  const findings = found();
  const topics = valueOf(snapshot.topics);
  return {
    verdict: verdictOf(observation, findings),
    profile: judgedAs,
    findings,
    notChecked: notCheckedOf(observation, unasked, (word) => isChosen(word, only)),
    cluster: {
      id: valueOf(snapshot.clusterId),
      brokers: view.liveBrokers.length,
      topics: topics?.length,
      partitions: topics && view.partitions.length,
      groups: valueOf(snapshot.groups)?.length,
    },
    takenAtMs: snapshot.takenAtMs,
    looks: observation.looks,
    watchedMs: view.watchedMs,
    cost: snapshot.cost,
  };
}

/** `dev` for one broker that is reached on this very machine, else `prod`. */
export function likelyProfile(brokers: readonly BrokerSnapshot[]): Profile {
  const [only] = brokers;
  const host = only?.endpoint?.host ?? "";
  return brokers.length === 1 && (host === "localhost" || host === "::1" || host.startsWith("127.")) ? "dev" : "prod";
}

/** Hits of one rule, whether or not its profile and its needs are met; for tests. */
export function hitsOf(
  rule: ClusterRule,
  observation: ClusterObservation,
  { profile = "prod", deployedFirst, declaredConsumers }: Pick<ClusterExample, "profile" | "deployedFirst" | "declaredConsumers"> = {},
): readonly ClusterHit[] {
  const context: ClusterContext = {
    threshold: defaultsOf(rule.thresholds),
    ...(deployedFirst && { deployedFirst }),
    ...(declaredConsumers && { declaredConsumers }),
  };
  return rule.check(new ClusterView(observation, profile), context);
}

function isChosen(id: string, only: readonly string[] | undefined): boolean {
  // What is told may name a whole family.
  const isOf = (one: string, other: string): boolean => one === other || one.startsWith(`${other}-`);
  return only === undefined || only.some((word) => isOf(id, word.toUpperCase()) || isOf(word.toUpperCase(), id));
}

/** Without topics or groups, or with some of them, nobody can say that all is well: what matters most to see was not seen. */
function verdictOf({ snapshot }: ClusterObservation, findings: readonly DoctorFinding[]): DoctorReport["verdict"] {
  if (findings.some(({ severity }) => severity !== "info")) return "findings";
  const isSeen = snapshot.brokers.length > 0 && isObserved(snapshot.topics) && isObserved(snapshot.groups);
  return isSeen && !mayBePartial(snapshot) ? "healthy" : "unseen";
}
