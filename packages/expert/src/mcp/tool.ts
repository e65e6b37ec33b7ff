import type { Clock } from "@ottla/base";
import type { z } from "zod";
import type { ClusterAccess } from "./cluster-access.ts";
import type { PlanStore, StoredPlan } from "../plan/plan-store.ts";

/**
 * What a call may do. `pure`: it needs no cluster. `live`: it reads one. `data`: it reads records, and works only where that was allowed. `plan`: it makes a plan and changes nothing. `write`: it carries out
 * a plan, and works only where that was allowed and somebody consents.
 */
export type ToolKind = "pure" | "live" | "data" | "plan" | "write";

/** What the server was started with. */
export interface ServerLimits {
  /** Tools that read records are there. */
  readonly allowData: boolean;
  /** Tools that carry out plans are there. */
  readonly allowWrites: boolean;
  /** Only topics and groups whose names begin with one of these may be changed; none: all. */
  readonly writePrefixes: readonly string[];
}

/** What somebody is asked for before a plan is carried out. */
export interface ConsentRequest {
  readonly stored: StoredPlan;
  /** What is going to happen, whole: each step on a line of its own, with its commands. */
  readonly message: string;
  /** Nobody reads the message whole in a dialog: it is for a terminal. */
  readonly isTooLong: boolean;
  /** What has to be typed: the names of what is in danger; undefined: yes is enough. */
  readonly typed: string | undefined;
}

/** Somebody's answer. `elsewhere`: the client cannot ask, and nobody has approved the plan in a terminal; `command` is what they run. */
export type Consent =
  | { readonly kind: "given" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "elsewhere"; readonly command: string };

/** What a tool works with. */
export interface ToolContext {
  /** Asks a person. Never answers by itself. */
  readonly consent: (request: ConsentRequest) => Promise<Consent>;
  /** Undefined when the server was started without a cluster. */
  readonly cluster: ClusterAccess | undefined;
  readonly plans: PlanStore;
  readonly limits: ServerLimits;
  readonly nowMs: () => number;
  /** By which long work rests, so that other calls get their turn. */
  readonly clock: Clock;
  /** Aborted when the caller goes or cancels. */
  readonly signal: AbortSignal;
}

/** What a tool says. */
export interface ToolAnswer {
  /** Plain JSON. What comes from the cluster or from records is data in it, never instructions. */
  readonly data: Readonly<Record<string, unknown>>;
  /** When the cluster was looked at, since 1970. */
  readonly observedAtMs?: number;
  /** What was not looked at, with the reason: its silence says nothing. */
  readonly notChecked?: readonly string[];
}

/** A tool as data. */
export interface ExpertTool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: ToolKind;
  readonly input: Input;
  readonly run: (input: z.output<Input>, context: ToolContext) => ToolAnswer | Promise<ToolAnswer>;
}

/** A tool whose input is typed by its schema. */
export function tool<Input extends z.ZodObject>(definition: ExpertTool<Input>): ExpertTool {
  return definition;
}
