import type { Finding, NotChecked } from "../lint/finding.ts";
import type { ClusterChange } from "../plan/cluster-change.ts";
import type { Profile } from "../rules/rule.ts";
import type { LookCost } from "../snapshot/look-cost.ts";
import type { Harm } from "./harm.ts";

/** What another finding brings about by itself: it goes when that is mended. */
export interface Consequence {
  readonly rule: string;
  readonly severity: Finding["severity"];
  readonly subject: string;
  readonly message: string;
}

/** A finding on a live cluster. */
export interface DoctorFinding extends Finding {
  /** That of the gravest of its consequences, if they are graver. */
  readonly harm: Harm;
  /** What a plan can carry out to mend it. */
  readonly changes?: readonly ClusterChange[];
  /** Why no plan can, where none can. */
  readonly byHand?: string;
  readonly consequences?: readonly Consequence[];
}

/** What the doctor says: the gravest first, causes before what they bring about. */
export interface DoctorReport {
  /** `healthy`: no error and no warning in what was seen. `unseen`: so little was seen, or of lists perhaps only a part, that nothing can be said. */
  readonly verdict: "healthy" | "findings" | "unseen";
  readonly profile: Profile;
  readonly findings: readonly DoctorFinding[];
  readonly notChecked: readonly NotChecked[];
  readonly cluster: {
    readonly id: string | undefined;
    readonly brokers: number;
    readonly topics: number | undefined;
    readonly partitions: number | undefined;
    readonly groups: number | undefined;
  };
  /** Since 1970. */
  readonly takenAtMs: number;
  readonly looks: number;
  readonly watchedMs: number;
  /** Of the last look. */
  readonly cost: LookCost;
}
