import type { SignalLabel, SignalName } from "./signal.ts";

/** Where a signal comes from: series whose value, times `scale`, is the signal's. */
export interface MetricSource {
  readonly metric: string;
  /** Labels that select the series: `{ request: "Produce", quantile: "0.99" }`. */
  readonly where?: Readonly<Record<string, string>>;
  /** Default 1; 0.001 where the exporter counts milliseconds. */
  readonly scale?: number;
}

/** What one exporter, or one set of its rules, calls the signals. Names are facts of the exporter's own documentation. */
export interface MetricProfile {
  readonly name: string;
  readonly summary: string;
  /** What has to be scraped for it. */
  readonly scrape: string;
  /** What the exporter calls our labels; a label that is not here has our name. */
  readonly labels: Readonly<Partial<Record<SignalLabel, string>>>;
  readonly signals: Readonly<Partial<Record<SignalName, MetricSource>>>;
}

/** A source of one metric without conditions. */
export function metric(name: string, extra: Omit<MetricSource, "metric"> = {}): MetricSource {
  return { metric: name, ...extra };
}
