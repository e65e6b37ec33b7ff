import type { Admin, Client } from "@ottla/client";
import type { ClusterChange } from "@ottla/expert/plan";
import type { RunningCluster } from "../cluster.ts";

/** What a cluster is broken with. */
export interface FaultWorld {
  readonly cluster: RunningCluster;
  readonly client: Client;
  readonly admin: Admin;
}

/** A fault that is there now. */
export interface BrokenThing {
  /** What a finding about it must name: a topic, a group, `broker 3`. */
  readonly about: string;
  /** Who looks, where it is not the world's own administrator: one that comes by another listener, or to another cluster. */
  readonly seenBy?: Admin;
  /** What a human decides for, where the doctor leaves that to him: it is carried out through a plan. */
  readonly decided?: readonly ClusterChange[];
  /** Does what the doctor asks a human to do. */
  readonly heal?: () => Promise<void>;
  /** Takes away all that was made for it; runs whatever happens. */
  readonly cleanUp: () => Promise<void>;
}

/** A way to break a cluster, and what the doctor is to say of it. */
export interface Fault {
  readonly name: string;
  /** Any of these names the cause. */
  readonly rules: readonly string[];
  /** What the finding must say. */
  readonly says?: RegExp;
  /** `plan`: the finding's own changes, or what was decided, applied. `hand`: only a human can, here `heal`. */
  readonly cure: "plan" | "hand";
  /** How long the doctor watches, looking every half second or as often as it can. Default: one look. */
  readonly watchS?: number;
  readonly make: (world: FaultWorld) => Promise<BrokenThing>;
  /** Why it cannot be made on this machine; undefined where it can. */
  readonly missing?: () => string | undefined;
}

/** What became of a fault. */
export interface FaultResult {
  readonly fault: Fault;
  readonly found: boolean;
  /** No other finding about the same thing stands before it. */
  readonly isFirst: boolean;
  readonly cured: boolean;
  /** What was said in its place, or what broke. */
  readonly note: string;
  /** It could not be made here. */
  readonly skipped?: true;
}
