/** Labels as Prometheus writes them, braces included: `{topic="orders",partition="0"}`; "" for none. Make them with {@link labelText}. */
export type LabelText = string;

/** Gives one sample of a family to whoever collects. `suffix` goes behind the family's name: "_sum", "_count", "_bucket". */
export type SampleSink = (labels: LabelText, value: number, suffix?: string) => void;

/** One metric with all its label sets, as the Prometheus text format has it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** One sentence. */
  readonly help: string;
  /**
   * Reads the samples as they are now, telling each to `sink`, and stops after each step, so that collecting many can rest; what is read may change meanwhile. A family
   * without samples is left out.
   */
  collect(sink: SampleSink): Iterable<void>;
}

/** Writes labels; values may hold any character. */
export function labelText(labels: Readonly<Record<string, string | number>>): LabelText {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const SPECIAL = /["\\\n]/g;

function escaped(value: string): string {
  return value.replace(SPECIAL, (char) => (char === "\n" ? "\\n" : `\\${char}`));
}

/** A family of one sample without labels. `value`: undefined leaves it out. */
export function singleSample(head: Omit<MetricFamily, "collect">, value: () => number | undefined): MetricFamily {
  return {
    ...head,
    *collect(sink) {
      const now = value();
      if (now !== undefined) sink("", now);
      yield;
    },
  };
}
