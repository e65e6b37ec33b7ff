/** A plan as the API tells it; see `PlanView`. */
export interface Plan {
  readonly planId: string;
  readonly digest: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly goesOn: boolean;
  readonly madeAtMs: number;
  readonly steps: readonly {
    readonly id: string;
    readonly subject: string;
    readonly sentence: string;
    readonly risk: "low" | "high";
    readonly why?: string | undefined;
    /** Who may carry it out. */
    readonly needs: "viewer" | "operator" | "admin";
    readonly before: unknown;
    readonly commands: readonly string[];
  }[];
  readonly unplanned: readonly string[];
  readonly progress: readonly string[];
}
