import type { Clock, Disk } from "@ottla/base";
import type { Client } from "@ottla/client";
import { explainLag } from "../../lag/explain-lag.ts";
import { reportLag } from "../../lag/lag-report.ts";
import type { ClusterAccess } from "../../mcp/cluster-access.ts";
import type { ClusterSnapshot } from "../../snapshot/cluster-snapshot.ts";
import { riskOf, sentenceOf } from "../../plan/change-kinds.ts";
import type { Plan, PlanStep } from "../../plan/plan.ts";
import { digestOf } from "../../plan/plan-digest.ts";
import { applyPlan } from "../apply/apply-plan.ts";
import type { ApplyWorld } from "../apply/change-actions.ts";
import { drawUpPlan } from "../apply/draw-up-plan.ts";
import { Journal } from "../apply/journal.ts";
import { undoPlan } from "../apply/undo-plan.ts";
import { readCertificate } from "../read-certificate.ts";
import { registryReader } from "../read-registry.ts";
import { type SnapshotOptions, takeSnapshot } from "../snapshot/take-snapshot.ts";
import { PARTIAL_GROUPS } from "../listed-groups.ts";
import { type WatchedGroups, watchGroups } from "../watch-groups.ts";
import { type BegunPlan, journalPathOf, keepPlan, readBegunPlans } from "./begun-plans.ts";
import { readRecords } from "./read-records.ts";

/** A look serves calls that come within this time; an agent asks several things at once. */
const SNAPSHOT_AGE_MAX_MS = 3000;
const WATCH_MAX_MS = 60_000;
const LOOK_EVERY_MS = 2000;

/** Where the journals of applied plans are kept, so that what was begun can be taken back whatever happens. */
export interface JournalPlace {
  readonly disk: Disk;
  /** Made before. */
  readonly folder: string;
}

/** Parts of a look that the brokers themselves do not show. */
export type LookBesides = Partial<Pick<SnapshotOptions, "registry" | "metrics" | "readConnectors" | "authorizations" | "credentials">>;

/** One cluster through its client, as an agent's tools reach it. */
export class ClientClusterAccess implements ClusterAccess {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #journals: JournalPlace;
  readonly #besides: LookBesides;
  /** What the next look takes over. */
  #before: SnapshotOptions["before"];
  #look: { readonly atMs: number; readonly snapshot: Promise<ClusterSnapshot> } | undefined;

  /** `besides`: what a look sees besides the brokers, as pages of metrics. */
  constructor(client: Client, clock: Clock, journals: JournalPlace, besides: LookBesides = {}) {
    this.#client = client;
    this.#besides = besides;
    this.#clock = clock;
    this.#journals = journals;
  }

  /** Calls that come together share one look; it goes on when one of them ends. Who has ended does not wait for it. */
  async snapshot(signal: AbortSignal): Promise<ClusterSnapshot> {
    signal.throwIfAborted();
    const ended = Promise.withResolvers<never>();
    const end = (): void => ended.reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    try {
      return await Promise.race([this.#shared(), ended.promise]);
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  #shared(): Promise<ClusterSnapshot> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#look && nowMs - this.#look.atMs <= SNAPSHOT_AGE_MAX_MS) return this.#look.snapshot;
    const snapshot = this.#lookAgain();
    const look = { atMs: nowMs, snapshot };
    this.#look = look;
    const forget = (): void => {
      if (this.#look === look) this.#look = undefined;
    };
    // One of a large cluster takes a hundred MiB: it is not kept for nobody.
    snapshot.then(() => this.#clock.schedule(Math.max(0, look.atMs + SNAPSHOT_AGE_MAX_MS - this.#clock.monotonicMs()), forget), forget);
    return snapshot;
  }

  async #lookAgain(): Promise<ClusterSnapshot> {
    const snapshot = await takeSnapshot(this.#client.admin(), {
      clock: this.#clock,
      signal: AbortSignal.timeout(WATCH_MAX_MS),
      readCertificate,
      registry: registryReader(this.#client, this.#clock),
      ...this.#besides,
      before: this.#before,
    });
    this.#before = { registry: snapshot.registry };
    return snapshot;
  }

  async lag(groupIds: readonly string[], watchMs: number, signal: AbortSignal): ReturnType<ClusterAccess["lag"]> {
    const admin = this.#client.admin();
    const began = this.#clock.monotonicMs();
    let last: WatchedGroups = { observations: new Map(), failures: [], unseen: [], mayLackGroups: false };
    for await (last of watchGroups(admin, { clock: this.#clock, intervalMs: LOOK_EVERY_MS, signal, named: groupIds }))
      if (this.#clock.monotonicMs() - began >= Math.min(watchMs, WATCH_MAX_MS)) break;
    signal.throwIfAborted();
    return {
      reports: [...last.observations.values()].map((observation) => {
        const report = reportLag(observation);
        return { ...report, causes: explainLag(observation, report).causes };
      }),
      failures: [
        ...(last.mayLackGroups ? [`groups: ${PARTIAL_GROUPS}`] : []),
        ...last.failures.map(({ groupId, error }) => `group ${groupId}: ${error.message}`),
        ...Array.from(
          Map.groupBy(last.unseen, ({ groupId, error }) => `group ${groupId}, the lag of some partitions: ${error.message}`),
          ([why, { length }]) => `${why} (${length})`,
        ),
      ],
    };
  }

  records: ClusterAccess["records"] = (request, signal) => readRecords(this.#client, this.#clock, request, signal);

  drawUp: ClusterAccess["drawUp"] = async (wanted, signal) => {
    const { plan, unplanned } = await drawUpPlan(this.#world(signal), wanted);
    return { plan, unplanned: unplanned.map(({ wanted: { change }, reason }) => `${sentenceOf(change)} ${reason}`) };
  };

  apply: ClusterAccess["apply"] = (plan, told, signal) =>
    this.#withJournal(plan, (journal) => {
      // Whoever calls has asked a person about all of them.
      const highRisk = new Set(
        plan.steps.filter(({ change, before }) => riskOf(change, before as never).class === "high").map(({ id }) => id),
      );
      return applyPlan(this.#world(signal), plan, journal, { highRisk }, listener(told));
    });

  undo: ClusterAccess["undo"] = (plan, told, signal) =>
    this.#withJournal(plan, (journal) => undoPlan(this.#world(signal), plan, journal, listener(told)));

  /** Plans of the cluster with that id of which something was done that was not taken back, by this process or one before it, the oldest first. */
  begunPlans(clusterId: string): Promise<readonly BegunPlan[]> {
    return readBegunPlans(this.#journals.disk, this.#journals.folder, clusterId, this.#clock);
  }

  #world(signal: AbortSignal): ApplyWorld {
    return { admin: this.#client.admin(), clock: this.#clock, signal };
  }

  async #withJournal(plan: Plan, use: (journal: Journal) => Promise<void>): Promise<void> {
    const { disk, folder } = this.#journals;
    const path = journalPathOf(folder, plan);
    const journal = await Journal.open(disk, path, digestOf(plan), () => this.#clock.nowMs());
    try {
      await keepPlan(disk, path, plan);
      await use(journal);
    } finally {
      journal.close();
      this.#look = undefined;
    }
  }
}

function listener(told: (line: string) => void) {
  return {
    begun: (step: PlanStep): void => told(`step ${step.id} begun: ${sentenceOf(step.change)}`),
    progress: (step: PlanStep, text: string): void => told(`step ${step.id}: ${text}`),
    ended: (step: PlanStep, outcome: string): void => told(`step ${step.id} ${outcome}`),
  };
}
