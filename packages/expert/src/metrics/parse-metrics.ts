/** A sample of a page of metrics. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of what is no number, as a state in JSON, the text. */
  readonly value: number | string;
}

/** A broker with ten thousand partitions shows some hundred thousand samples; what follows after these is left out. */
const SAMPLES_MAX = 500_000;
/** No exporter writes lines of this length. */
const LINE_MAX = 65_536;

/** Prometheus's text format, or OpenMetrics; also the JSON that an Ottla Streams application answers with at `/v1/metrics`. Lines that are neither are passed over. */
export function* parseMetrics(text: string): Generator<MetricSample, void, undefined> {
  if (/^\s*\{\s*"metrics"\s*:/.test(text.slice(0, 200))) {
    yield* ofStreamsJson(text);
    return;
  }
  let samples = 0;
  for (let at = 0; at < text.length && samples < SAMPLES_MAX; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line.length > LINE_MAX || line.startsWith("#")) continue;
    const sample = sampleOf(line);
    if (sample === undefined) continue;
    samples++;
    yield sample;
  }
}

const LABEL = /\s*([a-zA-Z_][\w.-]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|\})/y;

function sampleOf(line: string): MetricSample | undefined {
  const name = /^\s*([a-zA-Z_:][\w:.]*)/.exec(line);
  if (name === null) return undefined;
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = name[0].length;
  while (line[at] === " ") at++;
  if (line[at] === "{") {
    at++;
    while (line[at] === " ") at++;
    if (line[at] === "}") at++;
    else
      for (;;) {
        LABEL.lastIndex = at;
        const label = LABEL.exec(line);
        if (label === null) return undefined;
        labels[label[1]!] = label[2]!.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
        at = LABEL.lastIndex;
        if (label[3] === "}") break;
        // A comma may stand after the last one.
        if (/^\s*\}/.test(line.slice(at, at + 10))) {
          at = line.indexOf("}", at) + 1;
          break;
        }
      }
  }
  const word = /^\s*(\S+)/.exec(line.slice(at));
  if (word === null) return undefined;
  const value = /^[+-]?inf(inity)?$/i.test(word[1]!) ? (word[1]!.startsWith("-") ? -Infinity : Infinity) : Number(word[1]);
  return Number.isNaN(value) ? undefined : { name: name[1]!, labels, value };
}

function* ofStreamsJson(text: string): Generator<MetricSample, void, undefined> {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return;
  }
  const { metrics } = answer as { readonly metrics?: unknown };
  if (!Array.isArray(metrics)) return;
  for (const metric of metrics.slice(0, SAMPLES_MAX) as unknown[]) {
    const { group, name, tags, value } = (metric ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof group !== "string" || typeof name !== "string") continue;
    if (typeof value !== "string" && !(typeof value === "number" && !Number.isNaN(value))) continue;
    const labels = Object.entries(typeof tags === "object" && tags !== null ? tags : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    yield { name: `kafka_streams_${group}_${name}`, labels: Object.fromEntries(labels), value };
  }
}
