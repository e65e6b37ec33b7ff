/** What happens in a simulation, event by event; put into words only when somebody asks. */
export class Trace {
  readonly #events: (readonly [atMs: number, who: string, what: string, ...details: unknown[]])[] = [];

  note(atMs: number, who: string, what: string, ...details: readonly unknown[]): void {
    this.#events.push([atMs, who, what, ...details]);
  }

  get length(): number {
    return this.#events.length;
  }

  /** The last events, one a line. */
  *lines(last: number = Infinity): Generator<string> {
    for (const [atMs, who, what, ...details] of this.#events.slice(Math.max(0, this.#events.length - last))) {
      yield `${String(atMs).padStart(7)} ms  ${who.padEnd(14)} ${what} ${details.map(worded).join(" ")}`.trimEnd();
    }
  }
}

function worded(detail: unknown): string {
  if (typeof detail === "string") return detail;
  if (detail instanceof Error) return detail.stack ?? detail.message;
  return JSON.stringify(detail, (_, value: unknown) => (value instanceof Error ? value.message : value));
}
