import { errorInfo } from "@ottla/protocol";
import type { Exchange } from "./pair.ts";

/** What was asked, and with which codes Kafka answered: a script in which all is refused compares little. */
export class Tally {
  readonly #codes = new Map<string, Map<string, number>>();

  add(transcript: readonly Exchange[]): void {
    for (const { api, answer } of transcript) {
      const codes = this.#codes.get(api) ?? new Map<string, number>();
      this.#codes.set(api, codes);
      const met = new Set<string>(typeof answer === "string" ? [answer] : []);
      collect(answer, met);
      for (const code of met) codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }

  /** A line an API: how often it was answered with each code. */
  describe(): string {
    const lines = [...this.#codes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([api, codes]) => {
        const counts = [...codes].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
        return `${api}: ${counts.join(", ")}`;
      });
    return lines.join("\n");
  }
}

function collect(value: unknown, met: Set<string>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, met);
  else if (typeof value === "object" && value !== null && !Buffer.isBuffer(value)) {
    for (const [name, each] of Object.entries(value)) {
      if (/errorCode/i.test(name) && typeof each === "number") met.add(errorInfo(each).name);
      else collect(each, met);
    }
  }
}
