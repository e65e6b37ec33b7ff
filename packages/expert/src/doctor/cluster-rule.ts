import type { ClusterChange } from "../plan/cluster-change.ts";
import type { Confidence, Severity } from "../lint/finding.ts";
import type { DeployedFirst, Profile, RuleFacts } from "../rules/rule.ts";
import type { ThresholdOf } from "../rules/threshold.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { ClusterObservation } from "./cluster-observation.ts";
import type { DeclaredConsumer } from "./declared-consumer.ts";
import type { Harm } from "./harm.ts";

/** What a rule met on a cluster. */
export interface ClusterHit {
  /** `topic orders`, `broker 2`, `group billing`, `partition orders:3`. */
  readonly subject: string;
  /** What is wrong, in a sentence that names the values. */
  readonly message: string;
  /** What was seen. */
  readonly evidence: string;
  /** What is to be done; the rule's own words if nothing is said. */
  readonly fix?: string;
  readonly changes?: readonly ClusterChange[];
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly harm?: Harm;
  /** The cause that this is, as others name it in `explainedBy`: `broker 3 is down`. */
  readonly cause?: string;
  /** Causes that would explain it, the likeliest first: under the first that is there it is told as a consequence. */
  readonly explainedBy?: readonly string[];
}

/** Parts of a snapshot that a rule cannot do without. */
export type NeededPart =
  | "topics"
  | "topicConfigs"
  | "brokerConfigs"
  | "logDirs"
  | "offsets"
  | "groups"
  | "quorum"
  | "reassignments"
  | "transactions"
  | "features"
  | "acls"
  | "quotas"
  | "scramUsers"
  | "certificates"
  | "newestRecords"
  | "registry"
  | "connectors"
  | "brokerMetrics"
  | "clientMetrics"
  | "streamsMetrics"
  | "recordSample"
  | "authorizations"
  | "credentials"
  /** Which services a project deploys first, which no cluster shows. */
  | "deploymentOrder"
  /** Several looks: rates and since when. */
  | "time";

/** What a rule may ask besides the cluster. */
export interface ClusterContext {
  /** The rule's own numbers, as the project sets them. */
  readonly threshold: ThresholdOf;
  /** Which services the project deploys first when a schema changes, where it says so. */
  readonly deployedFirst?: DeployedFirst;
  /** Consumers as the files of their applications declare them, where those were named. */
  readonly declaredConsumers?: readonly DeclaredConsumer[];
}

/** A rule over a live cluster: what it is about as data, and a pure function that looks. */
export interface ClusterRule extends RuleFacts {
  readonly harm: Harm;
  readonly needs: readonly NeededPart[];
  readonly check: (view: ClusterView, context: ClusterContext) => readonly ClusterHit[];
  /** Clusters that make it speak, and clusters just short of that. Tests read them. */
  readonly examples: readonly ClusterExample[];
}

/** One look, or several, and how many hits they must give. */
export interface ClusterExample {
  readonly observe: () => ClusterObservation;
  readonly hits: number;
  /** How grave they are, where that is not what the rule says of itself. */
  readonly severity?: Severity;
  readonly profile?: Profile;
  readonly deployedFirst?: DeployedFirst;
  readonly declaredConsumers?: readonly DeclaredConsumer[];
}
