import { type Clock, type Logger, OttlaError, pause, silentLogger } from "@ottla/base";
import type { ClientClusterAccess, StepProgress } from "@ottla/expert/collect";
import { roleOfChange } from "../access/rights.ts";
import { requireRole, type Visitor } from "../access/visitor.ts";
import { type ClusterChange, kafkaCommandsOf, PlanStore, riskOf, type StoredPlan, sentenceOf, subjectOf } from "@ottla/expert/plan";
import type { PlanView, StepView } from "./plan-view.ts";
import type { Timeline } from "../watch/timeline.ts";
import type { ServiceChange } from "./service-change.ts";
import { isServiceChange } from "./service-change-kinds.ts";
import { ServiceDesk } from "./service-desk.ts";
import type { Services } from "./service-rules.ts";

/** Who does something over the desk. */
type Doer = Pick<Visitor, "name" | "role">;

/** How long a plan may take to be carried out while somebody waits. */
const APPLY_WITHIN_MS = 120_000;
/** A plan that takes long is told of as it is after this. */
const LONG_TOLD_AFTER_MS = 500;
/** What the journal says of a step, for who did not see it done. */
const STEP_WORDS: Readonly<Record<StepProgress, string>> = {
  untouched: "was not begun",
  begun: "was begun, and not seen to be done",
  done: "done",
  already: "already",
  undoBegun: "was being taken back, and not seen to be",
};
const TOOLS = { bootstrapServer: "BOOTSTRAP_SERVER" };

/** What a desk stands on. */
export interface ChangeDeskOptions {
  readonly access: Pick<ClientClusterAccess, "drawUp" | "apply" | "undo" | "begunPlans">;
  readonly clock: Clock;
  readonly timeline: Timeline;
  /** Told of each plan that is carried out or taken back. */
  readonly logger?: Logger;
  /** Nothing is carried out. */
  readonly readOnly: boolean;
  /** What changes of services are made with. */
  readonly services: Services;
  /** Called when something may be another way now. */
  readonly onChanged: () => void;
}

/** Every change of the cluster goes over this desk: planned, looked at by a person, carried out, seen to be done, taken back. */
export class ChangeDesk {
  readonly #options: ChangeDeskOptions;
  readonly #logger: Logger;
  readonly #plans = new PlanStore();
  readonly #services: ServiceDesk;
  readonly #unplanned = new WeakMap<StoredPlan, readonly string[]>();
  /** What the plans are about that are being carried out. */
  readonly #changing = new Set<string>();
  readonly #ending = new AbortController();
  /** Of each cluster what consoles before this one had begun is looked for once. */
  readonly #recalled = new Map<string, Promise<void>>();

  constructor(options: ChangeDeskOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#services = new ServiceDesk(options.services, options.clock);
  }

  /** A plan of the changes, of the cluster or of services; changes nothing. Errors: `MIXED_PLAN`. */
  async preview(changes: readonly (ClusterChange | ServiceChange)[], signal: AbortSignal): Promise<PlanView> {
    const { access, clock } = this.#options;
    const ofServices = changes.filter(isServiceChange);
    if (ofServices.length > 0) {
      if (ofServices.length < changes.length)
        throw new OttlaError("MIXED_PLAN", "A plan changes the cluster or services beside it, not both: make two.");
      return this.#services.preview(ofServices, signal);
    }
    const { plan, unplanned } = await access.drawUp(
      changes.map((change) => ({ change: change as ClusterChange })),
      signal,
    );
    const stored = this.#plans.add(plan, clock.nowMs());
    this.#unplanned.set(stored, unplanned);
    return this.#view(stored);
  }

  /** Plans of the cluster that a console before this one had begun are there again, to be looked at and taken back. */
  recall(clusterId: string): Promise<void> {
    let recalled = this.#recalled.get(clusterId);
    if (recalled === undefined) this.#recalled.set(clusterId, (recalled = this.#recall(clusterId)));
    return recalled;
  }

  async #recall(clusterId: string): Promise<void> {
    for (const { plan, progress } of await this.#options.access.begunPlans(clusterId)) {
      const isWhole = plan.steps.every(({ id }) => ["done", "already"].includes(progress.get(id) ?? ""));
      const lines = plan.steps.map(({ id }) => `step ${id} ${STEP_WORDS[progress.get(id) ?? "untouched"]}`);
      if (!isWhole) lines.push("Whoever carried this out ended before it was done, or goes on with it elsewhere.");
      this.#plans.restore(plan, isWhole ? "done" : "failed", lines);
    }
  }

  all(): readonly PlanView[] {
    const views = [...this.#plans.all().map((stored) => this.#view(stored)), ...this.#services.all()];
    return views.sort((a, b) => a.madeAtMs - b.madeAtMs);
  }

  /**
   * Carries out a plan that a person saw, or what is left of one that failed: each step is looked at again, and what was done is not done twice. `digest` is that of what was shown. `agreed`: names of what its dangerous steps are about, typed by the person. Errors: `READ_ONLY`, `UNKNOWN_PLAN`, `PLAN_CHANGED`,
   * `ROLE_NEEDED`, `NOT_AGREED`, `PLAN_RUNNING`, those of the plan and of the brokers.
   */
  async apply(planId: string, digest: string, agreed: readonly string[], by: Doer): Promise<PlanView> {
    if (this.#services.has(planId)) {
      const isLong = this.#services.isLong(planId);
      const run = this.#runOnServices(planId, by, "carried out", isLong, (signal) => this.#services.apply(planId, digest, agreed, signal));
      if (!isLong) return run;
      // What it comes to stands in the plan; what forbids it at once is told at once.
      await Promise.race([run, pause(this.#options.clock, LONG_TOLD_AFTER_MS, this.#ending.signal)]);
      run.catch(() => {});
      return this.#services.view(planId);
    }
    const stored = this.#openPlan(planId, digest, by, "waiting", "failed");
    for (const { id, change, before } of stored.plan.steps)
      if (riskOf(change, before as never).class === "high" && !agreed.includes(subjectOf(change)))
        throw new OttlaError("NOT_AGREED", `Step ${id} is dangerous: type the name "${subjectOf(change)}" to agree to it.`);
    return this.#run(stored, by, "carried out", (told, signal) => {
      // What was done before is told again.
      stored.progress.length = 0;
      return this.#options.access.apply(stored.plan, told, signal);
    });
  }

  /** Takes back what was done of a plan, the last step first. Errors as those of {@link apply}. */
  async undo(planId: string, digest: string, by: Doer): Promise<PlanView> {
    if (this.#services.has(planId))
      return this.#runOnServices(planId, by, "taken back", false, (signal) => this.#services.undo(planId, digest, signal));
    const stored = this.#openPlan(planId, digest, by, "done", "failed");
    return this.#run(stored, by, "taken back", (told, signal) => this.#options.access.undo(stored.plan, told, signal));
  }

  /** Ends what a plan of a service is doing, after the piece that it is at. Errors: `UNKNOWN_PLAN`, `READ_ONLY`. */
  stopPlan(planId: string, by: Doer): PlanView {
    this.requireWritable();
    this.#requireRoles(planId, by);
    return this.#services.stop(planId);
  }

  /** Something was done past the plans: a record written. It stands in the log and on the timeline. */
  note(subject: string, what: string, by?: Doer): void {
    this.#logger.info(what, { subject, ...(by?.name !== undefined && { by: by.name }) });
    const told = by?.name === undefined ? what : `${by.name}: ${what}`;
    this.#options.timeline.add([{ atMs: this.#options.clock.nowMs(), kind: "action", subject, what: told }]);
  }

  requireWritable(): void {
    if (this.#options.readOnly) throw new OttlaError("READ_ONLY", "This console only reads: it was started with --read-only.");
  }

  /** What is being carried out ends after the step that it is at. */
  stop(): void {
    this.#ending.abort(new OttlaError("STOPPED", "The console ends."));
  }

  #requireRoles(planId: string, by: Doer): void {
    for (const { change, sentence } of this.#services.stepsOf(planId)) requireRole(by, roleOfChange(change), sentence.replace(/\.$/, ""));
  }

  async #runOnServices(
    planId: string,
    by: Doer,
    done: string,
    isLong: boolean,
    work: (signal: AbortSignal) => Promise<PlanView>,
  ): Promise<PlanView> {
    this.requireWritable();
    this.#requireRoles(planId, by);
    const { subject, sentences } = this.#services.told(planId);
    try {
      const view = await work(isLong ? this.#ending.signal : AbortSignal.any([this.#ending.signal, AbortSignal.timeout(APPLY_WITHIN_MS)]));
      this.note(subject, `A plan was ${done}: ${sentences}`, by);
      return view;
    } catch (error) {
      this.note(subject, `A plan could not be ${done}: ${sentences} ${error instanceof Error ? error.message : String(error)}`, by);
      throw error;
    } finally {
      this.#options.onChanged();
    }
  }

  #openPlan(planId: string, digest: string, by: Doer, ...states: readonly StoredPlan["state"][]): StoredPlan {
    this.requireWritable();
    const stored = this.#plans.get(planId, this.#options.clock.nowMs());
    if (stored.digest !== digest) throw new OttlaError("PLAN_CHANGED", "The plan is not the one that was shown: look at it again.");
    for (const { change } of stored.plan.steps) requireRole(by, roleOfChange(change), sentenceOf(change).replace(/\.$/, ""));
    if (!states.includes(stored.state))
      throw new OttlaError(
        "PLAN_RUNNING",
        `The plan is ${stored.state}, so it cannot be ${states.includes("waiting") ? "carried out" : "taken back"} now.`,
      );
    return stored;
  }

  async #run(
    stored: StoredPlan,
    by: Doer,
    done: string,
    work: (told: (line: string) => void, signal: AbortSignal) => Promise<void>,
  ): Promise<PlanView> {
    const sentences = stored.plan.steps.map(({ change }) => sentenceOf(change)).join(" ");
    const subjects = stored.plan.steps.map(({ change }) => subjectOf(change));
    const subject = subjects.join(", ");
    this.#requireAlone(subjects);
    stored.state = "running";
    for (const each of subjects) this.#changing.add(each);
    try {
      await work((line) => stored.progress.push(line), AbortSignal.any([this.#ending.signal, AbortSignal.timeout(APPLY_WITHIN_MS)]));
      stored.state = done === "carried out" ? "done" : "waiting";
      this.note(subject, `A plan was ${done}: ${sentences}`, by);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      stored.state = "failed";
      stored.progress.push(`ended here: ${why}`);
      this.note(subject, `A plan could not be ${done}: ${sentences} ${why}`, by);
      throw error;
    } finally {
      for (const each of subjects) this.#changing.delete(each);
      this.#options.onChanged();
    }
    return this.#view(stored);
  }

  /** Of two that change the same at once the one would look for its effect in vain, and both would be told as done or failed by chance. */
  #requireAlone(subjects: readonly string[]): void {
    const taken = subjects.find((each) => this.#changing.has(each));
    if (taken !== undefined)
      throw new OttlaError(
        "PLAN_RUNNING",
        `Another plan is changing ${taken} at this moment: wait for its end, and look at this one again.`,
      );
  }

  #view(stored: StoredPlan): PlanView {
    const { planId, digest, state, madeAtMs, plan, progress } = stored;
    const steps = plan.steps.map(({ id, change, before }): StepView => {
      const { class: risk, why } = riskOf(change, before as never);
      return {
        id,
        subject: subjectOf(change),
        sentence: sentenceOf(change),
        risk,
        why,
        needs: roleOfChange(change),
        before,
        change,
        commands: kafkaCommandsOf(change, TOOLS) ?? [],
      };
    });
    return { planId, digest, state, goesOn: true, madeAtMs, steps, unplanned: this.#unplanned.get(stored) ?? [], progress: [...progress] };
  }
}
