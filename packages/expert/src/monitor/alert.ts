import type { SignalLabel, SignalName } from "./signal.ts";
import type { SignalReader } from "./signal-reader.ts";

/** critical: somebody is woken; warning: somebody looks during the day; info: it stands on the dashboard. */
export type AlertSeverity = "critical" | "warning" | "info";

/** What the one who generates may set. */
export interface AlertSettings {
  /** How many brokers there have to be; absent: as many as in the last hour. */
  readonly brokers?: number;
  /** From which age of unread records on a group is late. Default 60. */
  readonly lagSeconds: number;
}

export const DEFAULT_ALERT_SETTINGS: AlertSettings = { lagSeconds: 60 };

/** A run of samples, one a minute: `times` more after the first, each `step` above the one before. */
export interface SampleRun {
  readonly from: number;
  readonly step?: number;
  readonly times: number;
}

/** What a signal's series shows in a test of an alert, in the signal's unit. */
export interface SampleSeries {
  readonly signal: SignalName;
  readonly labels?: Readonly<Partial<Record<SignalLabel, string>>>;
  readonly runs: readonly SampleRun[];
}

/** A situation, and the minute at which it is judged. */
export interface AlertExample {
  readonly series: readonly SampleSeries[];
  readonly atMinute: number;
}

/** One step of a runbook: a sentence, and a command of ours with `<topic>`-like places that the alert's labels fill. */
export interface RunbookStep {
  readonly text: string;
  readonly command?: string;
}

/** What to do about an alert, in the order in which it is done. */
export interface Runbook {
  /** What it means for those who produce and consume. */
  readonly impact: string;
  readonly observe: readonly RunbookStep[];
  /** From the most frequent cause to the rarest: what shows it, and what is done then. */
  readonly act: readonly RunbookStep[];
  readonly verify: readonly RunbookStep[];
  /** How to go back, where an act can make it worse. */
  readonly rollBack?: readonly RunbookStep[];
}

/** An alert as data. */
export interface Alert {
  readonly name: string;
  readonly severity: AlertSeverity;
  /** The rule of `ottla doctor` that judges the same from a snapshot, where there is one. */
  readonly rule?: string;
  readonly needs: readonly SignalName[];
  readonly forMinutes: number;
  readonly summary: string;
  /** With `<label>` where the alert's own labels come in. */
  readonly description: string;
  /** Labels that its series keep. */
  readonly labels: readonly SignalLabel[];
  readonly expression: (read: SignalReader, settings: AlertSettings) => string;
  /** It must fire in the first and not in the second, which is just short of it. */
  readonly fires: AlertExample;
  readonly silent: AlertExample;
  readonly runbook: Runbook;
}

/** A series that keeps one value. */
export function steady(signal: SignalName, value: number, minutes: number, labels?: SampleSeries["labels"]): SampleSeries {
  return { signal, ...(labels && { labels }), runs: [{ from: value, times: minutes }] };
}

/** A series that goes up evenly from 0. */
export function climbing(signal: SignalName, perMinute: number, minutes: number, labels?: SampleSeries["labels"], from = 0): SampleSeries {
  return { signal, ...(labels && { labels }), runs: [{ from, step: perMinute, times: minutes }] };
}
