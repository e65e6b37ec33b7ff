import type { LagExplanation } from "../lag/lag-cause.ts";
import type { LagReport } from "../lag/lag-report.ts";
import type { Plan, WantedChange } from "../plan/plan.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";

/** A record as it was read. Text is cut, made printable, and told to be data. */
export interface SampledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
}

/** Which records of a topic are wanted. Offsets and bytes as in Kafka; both limits hold. */
export interface RecordRequest {
  readonly topic: string;
  readonly partition?: number;
  /** `end`: the newest ones. */
  readonly from: "beginning" | "end" | number;
  readonly maxRecords: number;
  /** What all keys and values together may have. */
  readonly maxBytes: number;
}

/** The one cluster of a server, as the tools reach it. Every call is bounded and ends with the signal. */
export interface ClusterAccess {
  /** A look, at most a few seconds old. */
  snapshot(signal: AbortSignal): Promise<ClusterSnapshot>;
  /** Groups by id (none: all), watched for so long; at most a minute. */
  lag(
    groupIds: readonly string[],
    watchMs: number,
    signal: AbortSignal,
  ): Promise<{
    readonly reports: readonly (LagReport & { readonly causes: LagExplanation["causes"] })[];
    readonly failures: readonly string[];
  }>;
  records(request: RecordRequest, signal: AbortSignal): Promise<readonly SampledRecord[]>;
  /** A plan of the changes, with what is there now; and what could not be planned, with the reason. Changes nothing. */
  drawUp(wanted: readonly WantedChange[], signal: AbortSignal): Promise<{ readonly plan: Plan; readonly unplanned: readonly string[] }>;
  /** Carries a plan out from its beginning; each step is looked at again before and after. Tells a line a step. Errors: those of the plan and of the brokers. */
  apply(plan: Plan, told: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Takes back what was carried out of a plan, the last first. */
  undo(plan: Plan, told: (line: string) => void, signal: AbortSignal): Promise<void>;
}
