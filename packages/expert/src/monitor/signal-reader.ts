import type { MetricProfile, MetricSource } from "./metric-profile.ts";
import type { SignalLabel, SignalName } from "./signal.ts";

/** Profiles put together: a signal is taken from the first that has it. */
export class SignalReader {
  readonly profiles: readonly MetricProfile[];

  constructor(profiles: readonly MetricProfile[]) {
    this.profiles = profiles;
  }

  /** A reader of the first profile that has all of them, so that their labels fit together; undefined if none has. */
  together(needs: readonly SignalName[]): SignalReader | undefined {
    const profile = this.profiles.find(({ signals }) => needs.every((signal) => signals[signal] !== undefined));
    return profile && new SignalReader([profile]);
  }

  has(signal: SignalName): boolean {
    return this.profiles.some(({ signals }) => signals[signal] !== undefined);
  }

  /** PromQL of the signal's newest values, in its own unit; with labels, of those series alone. */
  now(signal: SignalName, where: Readonly<Partial<Record<SignalLabel, string>>> = {}): string {
    const { source } = this.#find(signal);
    const named = Object.entries(where).map(([label, value]) => [this.label(label as SignalLabel, signal), value]);
    return scaled(selector({ ...source, where: { ...source.where, ...Object.fromEntries(named) } }), source);
  }

  /** PromQL of a function over a window of the signal: `over("rate", "bytesIn", "5m")`, `over("predict_linear", "diskAvailable", "6h", 3600)`. */
  over(range: string, signal: SignalName, window: string, argument?: number): string {
    const { source } = this.#find(signal);
    return scaled(`${range}(${selector(source)}[${window}]${argument === undefined ? "" : `, ${argument}`})`, source);
  }

  /** What the exporter of this signal calls the label. */
  label(label: SignalLabel, signal: SignalName): string {
    return this.#find(signal).profile.labels[label] ?? label;
  }

  /** `sum by (cluster, group) (…)` with the exporter's names. */
  by(aggregate: string, signal: SignalName, labels: readonly SignalLabel[], expression: string): string {
    return `${aggregate} by (${labels.map((label) => this.label(label, signal)).join(", ")}) (${expression})`;
  }

  /** A series as the exporter would show it, and the factor from the signal's unit to the exporter's. Labels by our names. */
  exported(
    signal: SignalName,
    labels: Readonly<Partial<Record<SignalLabel, string>>>,
  ): { readonly series: string; readonly factor: number } {
    const { source, profile } = this.#find(signal);
    const shown: Record<string, string> = {};
    for (const [name, value] of Object.entries(labels)) shown[profile.labels[name as SignalLabel] ?? name] = value;
    for (const [name, value] of Object.entries(source.where ?? {})) if (value !== "") shown[name] = sampleOf(value);
    return { series: `${source.metric}${labelText(shown)}`, factor: 1 / (source.scale ?? 1) };
  }

  #find(signal: SignalName): { readonly profile: MetricProfile; readonly source: MetricSource } {
    for (const profile of this.profiles) {
      const source = profile.signals[signal];
      if (source) return { profile, source };
    }
    throw new TypeError(`No profile has the signal ${signal}.`);
  }
}

/** A value that begins with `~` is a regular expression. */
function selector({ metric, where = {} }: MetricSource): string {
  const conditions = Object.entries(where).map(([name, value]) =>
    value.startsWith("~") ? `${name}=~${quoted(value.slice(1))}` : `${name}=${quoted(value)}`,
  );
  return conditions.length === 0 ? metric : `${metric}{${conditions.join(",")}}`;
}

function scaled(expression: string, { scale = 1 }: MetricSource): string {
  return scale === 1 ? expression : `${expression} * ${scale}`;
}

/** Some text that the regular expressions of our own profiles accept: they are made of alternatives, `.` with a repetition, and one class of digits. */
function sampleOf(value: string): string {
  if (!value.startsWith("~")) return value;
  return value
    .slice(1)
    .split("|")[0]!
    .replace(/\(([^)|]*)[^)]*\)/g, "$1")
    .replace(/\[0-9\]\+/g, "0")
    .replace(/\.[*+]/g, "a");
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
