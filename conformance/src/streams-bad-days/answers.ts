import { outputs, WINDOW_MS } from "./topology.ts";

/** A record that was written, as far as answers are in it. */
export interface WrittenRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** Where it stands, for messages. */
  readonly at: string;
}

/** What has to come of the records that were sent, by output topic and there by identity: how often, or up to which count. */
export class KnownAnswers {
  /** How often each word was sent. */
  readonly words: Map<string, number> = new Map();
  /** How many lines each window of each key has. */
  readonly windows: Map<string, number> = new Map();
  readonly named: Set<string> = new Set();
  readonly dead: Set<string> = new Set();
  readonly pairs: Set<string> = new Set();

  addLine(id: string, key: string, timestamp: number, words: readonly string[], isGood: boolean): void {
    for (const word of words) this.words.set(word, (this.words.get(word) ?? 0) + 1);
    const window = `${key}@${Math.floor(timestamp / WINDOW_MS) * WINDOW_MS}`;
    this.windows.set(window, (this.windows.get(window) ?? 0) + 1);
    (isGood ? this.named : this.dead).add(id);
  }

  addPoison(id: string): void {
    this.dead.add(id);
  }

  addPair(id: string): void {
    this.pairs.add(id);
  }
}

/** What has come. Told record by record, and asked what is wrong with it. */
export class FoundAnswers {
  readonly #isExact: boolean;
  readonly #counts = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #windows = new Map<string, Map<string, number>>([
    [outputs.closed, new Map()],
    [outputs.suppressed, new Map()],
  ]);
  readonly #once = new Map<string, Set<string>>([
    [outputs.named, new Set()],
    [outputs.dead, new Set()],
    [outputs.pairs, new Set()],
  ]);
  readonly faults: string[] = [];
  /** Records that had come before. */
  doubledCount = 0;
  total = 0;

  /** `isExact`: what comes twice, or not in its order, is a fault at once. */
  constructor(isExact: boolean) {
    this.#isExact = isExact;
  }

  take(record: WrittenRecord): void {
    this.total++;
    const { topic, key, value } = record;
    if (topic === outputs.counts) this.#takeCount(this.#counts, record);
    else if (topic === outputs.since) this.#takeCount(this.#since, record);
    else if (topic === outputs.closed || topic === outputs.suppressed) {
      const windows = this.#windows.get(topic)!;
      const before = windows.get(key);
      if (before !== undefined) this.#doubled(record, `window ${key} was closed with ${before} before`);
      windows.set(key, Math.max(before ?? 0, Number(value)));
    } else {
      const id = topic === outputs.pairs ? key : identityIn(value);
      const found = this.#once.get(topic)!;
      if (found.has(id)) this.#doubled(record, `${id} had come before`);
      found.add(id);
    }
  }

  #takeCount(counts: Map<string, number>, record: WrittenRecord): void {
    const before = counts.get(record.key) ?? 0;
    const count = Number(record.value);
    if (count !== before + 1) this.#doubled(record, `after ${before} came ${count}`);
    counts.set(record.key, Math.max(before, count));
  }

  #doubled({ topic, key, value, at }: WrittenRecord, why: string): void {
    this.doubledCount++;
    if (this.#isExact) this.faults.push(`${topic} ${at}, key ${key}, value ${value}: ${why}`);
  }

  /** How much is missing of what has to come; 0: all is there. */
  missingCount(known: KnownAnswers): number {
    let missing = 0;
    for (const [word, count] of known.words) missing += Math.max(0, count - (this.#counts.get(word) ?? 0));
    for (const windows of this.#windows.values()) for (const window of known.windows.keys()) if (!windows.has(window)) missing++;
    for (const [topic, ids] of idsOf(known)) missing += ids.size - this.#once.get(topic)!.size;
    return missing;
  }

  /** What is lost, or too much, where all should be there. */
  compare(known: KnownAnswers): string[] {
    const faults: string[] = [];
    for (const [word, count] of known.words) {
      const found = this.#counts.get(word) ?? 0;
      if (found < count || (this.#isExact && found > count))
        faults.push(`${outputs.counts}: ${word} was sent ${count} times, and counted to ${found}`);
    }
    for (const word of this.#counts.keys()) if (!known.words.has(word)) faults.push(`${outputs.counts}: ${word} was never sent`);
    for (const [topic, windows] of this.#windows) {
      for (const [window, count] of known.windows) {
        const found = windows.get(window);
        if (found === undefined) faults.push(`${topic}: window ${window} with ${count} lines never closed`);
        else if (found < count || (this.#isExact && found > count))
          faults.push(`${topic}: window ${window} has ${count} lines, and closed with ${found}`);
      }
    }
    for (const [topic, ids] of idsOf(known)) {
      const found = this.#once.get(topic)!;
      for (const id of ids) if (!found.has(id)) faults.push(`${topic}: ${id} is lost`);
      for (const id of found) if (!ids.has(id)) faults.push(`${topic}: ${id} was never sent`);
    }
    return faults;
  }
}

function idsOf(known: KnownAnswers): readonly (readonly [string, ReadonlySet<string>])[] {
  return [
    [outputs.named, known.named],
    [outputs.dead, known.dead],
    [outputs.pairs, known.pairs],
  ];
}

/** Dead letters begin with what made them dead. */
function identityIn(value: string): string {
  const words = value.split(" ");
  return words[0] === "poison" || words[0] === "bad" ? words[1]! : words[0]!;
}
