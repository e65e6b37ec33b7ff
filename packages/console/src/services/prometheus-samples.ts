/** One number of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of Prometheus's text format that `isWanted`, at most so many. */
export function samplesIn(text: string, isWanted: (labels: Readonly<Record<string, string>>) => boolean, most: number): readonly Sample[] {
  const found: Sample[] = [];
  for (const line of text.split("\n")) {
    const [, name, inner = "", number] = line.startsWith("#") ? [] : (LINE.exec(line) ?? []);
    if (name === undefined || number === undefined) continue;
    const labels = Object.fromEntries([...inner.matchAll(LABEL)].map(([, key, value]) => [key!, unescaped(value!)]));
    const value = Number(number);
    if (Number.isFinite(value) && isWanted(labels)) found.push({ name, labels, value });
    if (found.length >= most) break;
  }
  return found;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each));
}
