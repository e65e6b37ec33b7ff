import { OttlaError } from "@ottla/base";
import type { Finding } from "@ottla/expert";

/** What a later run does not tell again. Lines are left out: they move. */
interface Baseline {
  readonly version: 1;
  readonly findings: readonly {
    readonly rule: string;
    readonly file?: string;
    readonly subject: string;
    readonly key?: string;
    readonly message: string;
  }[];
}

/** The text of a baseline of these findings. */
export function baselineText(findings: readonly Finding[]): string {
  const baseline: Baseline = {
    version: 1,
    findings: findings.map(
      ({ rule, file, subject, key, message }) => ({ rule, file, subject, key, message }) as Baseline["findings"][number],
    ),
  };
  return `${JSON.stringify(baseline, undefined, 2)}\n`;
}

/** The findings that do not stand in the baseline; one that stands there once is left out once. Errors: `INVALID_BASELINE`. */
export function withoutBaseline(findings: readonly Finding[], text: string, path: string): readonly Finding[] {
  const left = new Map<string, number>();
  for (const each of parse(text, path).findings) left.set(identity(each), (left.get(identity(each)) ?? 0) + 1);
  return findings.filter((finding) => {
    const count = left.get(identity(finding)) ?? 0;
    left.set(identity(finding), count - 1);
    return count <= 0;
  });
}

function identity({ rule, file, subject, key, message }: Baseline["findings"][number]): string {
  return JSON.stringify([rule, file, subject, key, message]);
}

function parse(text: string, path: string): Baseline {
  try {
    const value = JSON.parse(text) as Partial<Baseline>;
    if (value.version === 1 && Array.isArray(value.findings)) return value as Baseline;
  } catch {
    // Falls through to the sentence that says what it should be.
  }
  throw new OttlaError("INVALID_BASELINE", `${path} is no baseline; "ottla lint PATH --write-baseline ${path}" writes one.`);
}
