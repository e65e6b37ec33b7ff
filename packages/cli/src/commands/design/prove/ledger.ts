/** A record by its id, and its place in the log: a record that was written twice has two. */
export interface SeenRecord {
  readonly id: string;
  readonly place: string;
}

/** What was written and acknowledged, and who has worked on it: the proof's memory, outside of the cluster. */
export class Ledger {
  /** Of each event, ids in the order in which they were acknowledged. */
  readonly #written = new Map<string, Set<string>>();
  /** Of each service and event, ids in the order in which they were first worked on; of each, how often at each place in the log. */
  readonly #seen = new Map<string, Map<string, Map<string, number>>>();
  /** Work that is in hand: as long as there is some, more may be written. */
  #inHand = 0;

  begin(): void {
    this.#inHand++;
  }

  end(): void {
    this.#inHand--;
  }

  wrote(event: string, id: string): void {
    entryOf(this.#written, event, () => new Set()).add(id);
  }

  saw(service: string, event: string, { id, place }: SeenRecord): void {
    const places = entryOf(
      entryOf(this.#seen, seenKey(service, event), () => new Map<string, Map<string, number>>()),
      id,
      () => new Map<string, number>(),
    );
    places.set(place, (places.get(place) ?? 0) + 1);
  }

  written(event: string): ReadonlySet<string> {
    return this.#written.get(event) ?? new Set();
  }

  /** Ids in the order in which a service first worked on them. */
  seenIds(service: string, event: string): readonly string[] {
    return [...(this.#seen.get(seenKey(service, event)) ?? new Map<string, unknown>()).keys()];
  }

  /** Records that a service worked on, and those of them that it worked on more than once. */
  seenRecords(service: string, event: string): { readonly total: number; readonly again: number } {
    const counts = [...(this.#seen.get(seenKey(service, event))?.values() ?? [])].flatMap((places) => [...places.values()]);
    return { total: counts.length, again: counts.filter((count) => count > 1).length };
  }

  missing(service: string, event: string): number {
    const seen = this.#seen.get(seenKey(service, event));
    let missing = 0;
    for (const id of this.written(event)) if (!seen?.has(id)) missing++;
    return missing;
  }

  /** Whether nobody works on anything, and everybody has seen all of what it reads. */
  isQuiet(readers: readonly { readonly service: string; readonly event: string }[]): boolean {
    return this.#inHand === 0 && readers.every(({ service, event }) => this.missing(service, event) === 0);
  }
}

function seenKey(service: string, event: string): string {
  return `${service}\n${event}`;
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
