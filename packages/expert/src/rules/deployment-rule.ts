import type { Settings } from "../lint/settings.ts";
import type { Hit, RuleFacts } from "./rule.ts";

/** A rule over what a deployment changes: the same settings as they were, and as they are. */
export interface DeploymentRule extends RuleFacts {
  readonly check: (before: Settings, after: Settings) => readonly Hit[];
  /** Changes that make it speak, and changes just short of that. */
  readonly examples: readonly DeploymentExample[];
}

/** A document in small before and after, and how many hits it must have. */
interface DeploymentExample {
  readonly kind: Settings["kind"];
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly hits: 0 | 1;
  readonly version?: Settings["version"];
}
