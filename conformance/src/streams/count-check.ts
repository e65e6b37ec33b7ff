/** Follows the changes of counts: those of a word must read 1, 2, 3 and so on, whatever died in between. */
export class CountCheck {
  readonly counts: Map<string, number> = new Map();
  readonly faults: string[] = [];
  /** How many changes came. */
  total = 0;

  take(word: string, count: number, place: string): void {
    const expected = (this.counts.get(word) ?? 0) + 1;
    if (count !== expected) this.faults.push(`${word} at ${place} is ${count} after ${expected - 1}`);
    this.counts.set(word, count);
    this.total += 1;
  }

  /** What is missing or too much, once all is counted. */
  compare(expected: ReadonlyMap<string, number>): string[] {
    const words = new Set([...expected.keys(), ...this.counts.keys()]);
    return [...words]
      .filter((word) => this.counts.get(word) !== expected.get(word))
      .map((word) => `${word} was sent ${expected.get(word) ?? 0} times and counted ${this.counts.get(word) ?? 0} times`);
  }
}
