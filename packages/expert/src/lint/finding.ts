/** How much harm a finding does. */
export type Severity = "error" | "warning" | "info";

/** How sure it is: `needs context` depends on what the files do not say. */
export type Confidence = "high" | "medium" | "needs context";

/** Where a setting stands in its file, and how the file spells it if that is not its own name. */
export interface SettingPlace {
  readonly key: string;
  readonly line: number;
  readonly spelling?: string;
}

/** A change of one setting that makes a finding go away. Without a value the setting is taken out. */
export interface SettingFix {
  readonly key: string;
  readonly value?: string;
  /** Where it stands; not there when the file does not have it. */
  readonly at?: SettingPlace;
  /** A setting of the same document beside which it can be put. */
  readonly beside?: SettingPlace;
}

/** What is wrong, where, what shows it, and what mends it. */
export interface Finding {
  /** `BRK-07`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly subject: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly key?: string;
  readonly message: string;
  readonly evidence: string;
  readonly fix?: string;
  readonly settings?: readonly SettingFix[];
}

/** What was not looked at, and why: it never counts as good. */
export interface NotChecked {
  readonly subject: string;
  readonly reason: string;
  /** Whether all else there was judged, and only values are filled in elsewhere: that alone is no reason to fail. */
  readonly isValueOnly?: true;
}
