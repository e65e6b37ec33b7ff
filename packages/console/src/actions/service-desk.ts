import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Clock, OttlaError } from "@ottla/base";
import { roleOfChange } from "../access/rights.ts";
import type { PlanView } from "./plan-view.ts";
import type { ServiceChange } from "./service-change.ts";
import { serviceRulesOf } from "./service-change-kinds.ts";
import type { Before, Services } from "./service-rules.ts";

/** As the expert's plans: so many are kept, and so long may one wait. */
const PLANS_MAX = 100;
const PLAN_LIFETIME_MS = 30 * 60_000;
const ID = "service-plan-";

interface Step {
  readonly id: string;
  readonly change: ServiceChange;
  readonly before: Before;
  /** What takes it back, once it is done; undefined: not done yet, or there is no way back. */
  undo?: readonly ServiceChange[] | undefined;
  isDone: boolean;
}

interface Plan {
  readonly planId: string;
  readonly digest: string;
  readonly madeAtMs: number;
  readonly steps: readonly Step[];
  readonly unplanned: readonly string[];
  readonly progress: string[];
  /** Ends what is being carried out. */
  readonly ending: AbortController;
  state: PlanView["state"];
}

/** Plans of changes of services beside the cluster, with the rules of the cluster's: looked at, agreed to by name where they are dangerous, looked at again before they are carried out, taken back. */
export class ServiceDesk {
  readonly #services: Services;
  readonly #clock: Clock;
  readonly #plans = new Map<string, Plan>();

  constructor(services: Services, clock: Clock) {
    this.#services = services;
    this.#clock = clock;
  }

  has(planId: string): boolean {
    return planId.startsWith(ID);
  }

  all(): readonly PlanView[] {
    return [...this.#plans.values()].map((plan) => this.#view(plan));
  }

  /** A plan of the changes; changes nothing. What cannot be done is told with its reason, and is no step. */
  async preview(changes: readonly ServiceChange[], signal: AbortSignal): Promise<PlanView> {
    const steps: Step[] = [];
    const unplanned: string[] = [];
    for (const change of changes) {
      const rules = serviceRulesOf(change);
      try {
        steps.push({ id: String(steps.length + 1), change, before: await rules.look(change, this.#services, signal), isDone: false });
      } catch (error) {
        if (!(error instanceof OttlaError)) throw error;
        unplanned.push(error.message);
      }
    }
    const plan: Plan = {
      planId: `${ID}${randomBytes(6).toString("hex")}`,
      digest: createHash("sha256")
        .update(JSON.stringify([steps, this.#clock.nowMs()]))
        .digest("hex"),
      madeAtMs: this.#clock.nowMs(),
      steps,
      unplanned,
      progress: [],
      ending: new AbortController(),
      state: "waiting",
    };
    this.#keep(plan);
    return this.#view(plan);
  }

  /** Whether it may take so long that nobody is to wait for it. */
  isLong(planId: string): boolean {
    return (this.#plans.get(planId)?.steps ?? []).some(({ change }) => serviceRulesOf(change).isLong);
  }

  /** Ends what a plan is doing, after the piece that it is at. Errors: `UNKNOWN_PLAN`. */
  stop(planId: string): PlanView {
    const plan = this.#plans.get(planId);
    if (plan === undefined) throw new OttlaError("UNKNOWN_PLAN", `There is no plan ${planId} here.`);
    plan.ending.abort(new OttlaError("STOPPED", "It was stopped."));
    return this.#view(plan);
  }

  /** A plan as it stands. Errors: `UNKNOWN_PLAN`. */
  view(planId: string): PlanView {
    const plan = this.#plans.get(planId);
    if (plan === undefined) throw new OttlaError("UNKNOWN_PLAN", `There is no plan ${planId} here.`);
    return this.#view(plan);
  }

  /** What the plan would do, step by step; nothing of a plan that is not there. */
  stepsOf(planId: string): readonly { readonly change: ServiceChange; readonly sentence: string }[] {
    const steps = this.#plans.get(planId)?.steps ?? [];
    return steps.map(({ change, before }) => ({ change, sentence: serviceRulesOf(change).sentence(change, before) }));
  }

  /** What the plan is about and what it does, for the log. */
  told(planId: string): { readonly subject: string; readonly sentences: string } {
    const steps = this.#plans.get(planId)?.steps ?? [];
    return {
      subject: steps.map(({ change }) => serviceRulesOf(change).subject(change)).join(", "),
      sentences: steps.map(({ change, before }) => serviceRulesOf(change).sentence(change, before)).join(" "),
    };
  }

  /** Errors: `UNKNOWN_PLAN`, `PLAN_CHANGED`, `NOT_AGREED`, `PLAN_RUNNING`, `PLAN_STALE`, those of the service. */
  async apply(planId: string, digest: string, agreed: readonly string[], signal: AbortSignal): Promise<PlanView> {
    const plan = this.#open(planId, digest, "waiting");
    for (const { id, change, before } of plan.steps) {
      const { risk, subject } = serviceRulesOf(change);
      if (risk(change, before).class === "high" && !agreed.includes(subject(change)))
        throw new OttlaError("NOT_AGREED", `Step ${id} is dangerous: type the name "${subject(change)}" to agree to it.`);
    }
    const isOver = AbortSignal.any([signal, plan.ending.signal]);
    return this.#run(plan, "done", async () => {
      for (const step of plan.steps) {
        const { change, before, id } = step;
        const rules = serviceRulesOf(change);
        const { fits = isDeepStrictEqual } = rules;
        if (!fits(before, await rules.look(change, this.#services, isOver)))
          throw new OttlaError("PLAN_STALE", `Step ${id}: what it is about is not as it was when the plan was made; make it again.`);
        step.undo = await rules.carryOut(change, before, this.#services, isOver, (line) => tell(plan, line));
        step.isDone = true;
        tell(plan, `step ${id} done: ${rules.sentence(change, before)}`);
      }
    });
  }

  /** Takes back what was done, the last step first. Errors: as those of {@link apply}, and `NO_WAY_BACK`. */
  async undo(planId: string, digest: string, signal: AbortSignal): Promise<PlanView> {
    const plan = this.#open(planId, digest, "done", "failed");
    const lost = plan.steps.find(({ isDone, undo }) => isDone && undo === undefined);
    if (lost !== undefined)
      throw new OttlaError(
        "NO_WAY_BACK",
        `Step ${lost.id} cannot be taken back: ${serviceRulesOf(lost.change).sentence(lost.change, lost.before)}`,
      );
    return this.#run(plan, "waiting", async () => {
      for (const step of plan.steps.toReversed()) {
        if (!step.isDone) continue;
        for (const change of step.undo ?? []) {
          const rules = serviceRulesOf(change);
          const before = await rules.look(change, this.#services, signal);
          await rules.carryOut(change, before, this.#services, signal, () => {});
          tell(plan, `step ${step.id} taken back: ${rules.sentence(change, before)}`);
        }
        step.isDone = false;
      }
    });
  }

  #open(planId: string, digest: string, ...states: readonly PlanView["state"][]): Plan {
    const plan = this.#plans.get(planId);
    if (plan === undefined || (plan.state === "waiting" && this.#clock.nowMs() - plan.madeAtMs > PLAN_LIFETIME_MS))
      throw new OttlaError("UNKNOWN_PLAN", `There is no plan ${planId} in this console, or it is too old; make it again.`);
    if (plan.digest !== digest) throw new OttlaError("PLAN_CHANGED", "The plan is not the one that was shown: look at it again.");
    if (!states.includes(plan.state))
      throw new OttlaError("PLAN_RUNNING", `The plan is ${plan.state}, so that cannot be done with it now.`);
    return plan;
  }

  async #run(plan: Plan, state: "done" | "waiting", work: () => Promise<void>): Promise<PlanView> {
    plan.state = "running";
    try {
      await work();
      plan.state = state;
    } catch (error) {
      plan.state = "failed";
      tell(plan, error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      this.#services.registry?.forget();
    }
    return this.#view(plan);
  }

  /** The oldest that does not run makes way. */
  #keep(plan: Plan): void {
    for (const [id, { state }] of this.#plans) {
      if (this.#plans.size < PLANS_MAX) break;
      if (state !== "running") this.#plans.delete(id);
    }
    if (this.#plans.size >= PLANS_MAX) throw new OttlaError("TOO_MANY_PLANS", `${PLANS_MAX} plans are running; wait until one is done.`);
    this.#plans.set(plan.planId, plan);
  }

  #view({ planId, digest, state, madeAtMs, steps, unplanned, progress }: Plan): PlanView {
    return {
      planId,
      digest,
      state,
      goesOn: false,
      madeAtMs,
      steps: steps.map(({ id, change, before }) => {
        const { subject, sentence, risk, shown = (each) => each, commands } = serviceRulesOf(change);
        const { class: danger, why } = risk(change, before);
        const visible = shown(change, before);
        return {
          id,
          subject: subject(change),
          sentence: sentence(change, before),
          risk: danger,
          why,
          needs: roleOfChange(change),
          before,
          change: visible,
          commands: commands(visible, this.#services),
        };
      }),
      unplanned,
      progress: [...progress],
    };
  }
}

/** Of what a long plan does the last lines are kept. */
const LINES_MAX = 200;

function tell(plan: Plan, line: string): void {
  plan.progress.push(line);
  if (plan.progress.length > LINES_MAX) plan.progress.splice(0, plan.progress.length - LINES_MAX);
}
