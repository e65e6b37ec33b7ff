import type { SettingsDocument } from "../lint/document.ts";
import type { Project } from "./project.ts";
import type { ThresholdOf } from "./threshold.ts";
import type { Hit, RuleFacts } from "./rule.ts";

/** What a rule over several files met; it is told at the document where it is mended. */
export interface AcrossHit extends Hit {
  readonly document: SettingsDocument;
}

/** A rule over all that was read in one run. */
export interface AcrossRule extends RuleFacts {
  readonly check: (project: Project, context: { readonly threshold: ThresholdOf }) => readonly AcrossHit[];
  /** Files that make it speak, and files just short of that. */
  readonly examples: readonly { readonly files: Readonly<Record<string, string>>; readonly hits: 0 | 1 }[];
}
