import type { HeldRecord } from "./share-record.ts";

/** Spent places at the head of the line before it is shifted. */
const COMPACT_AT = 1024;

/** Records between their coming and their being acknowledged: a line of those that nobody has seen, and those that the application was given. */
export class ShareDelivery {
  readonly #line: HeldRecord[] = [];
  #head = 0;
  /** Given to the application; of some something was said. */
  #given: HeldRecord[] = [];

  /** Records that nobody has seen. */
  get ahead(): number {
    return this.#line.length - this.#head;
  }

  /** Records that the application was given and has said nothing of. */
  get inHand(): number {
    if (this.#given.length > 0) this.#given = this.#given.filter(({ isHeld }) => isHeld);
    return this.#given.length;
  }

  add(records: readonly HeldRecord[]): void {
    for (const record of records) this.#line.push(record);
  }

  /** The next one whose lock is not lost, for who keeps track of it himself. */
  next(): HeldRecord | undefined {
    while (this.#head < this.#line.length) {
      const record = this.#line[this.#head++]!;
      if (this.#head >= COMPACT_AT || this.#head === this.#line.length) {
        this.#line.splice(0, this.#head);
        this.#head = 0;
      }
      if (record.isHeld) return record;
    }
    return undefined;
  }

  /** As {@link next}, and remembers that the application has it. */
  give(): HeldRecord | undefined {
    const record = this.next();
    if (record !== undefined) this.#given.push(record);
    return record;
  }

  /** At most so many. */
  giveAll(recordsMax: number): HeldRecord[] {
    const records: HeldRecord[] = [];
    while (records.length < recordsMax) {
      const record = this.give();
      if (record === undefined) break;
      records.push(record);
    }
    return records;
  }

  /** What the application was given and has said nothing of; it is out of here from now on. */
  takeGiven(): readonly HeldRecord[] {
    const given = this.#given.filter(({ isHeld }) => isHeld);
    this.#given = [];
    return given;
  }

  /** What nobody has seen and `isUnwanted`; it is out of here from now on. */
  takeAhead(isUnwanted: (record: HeldRecord) => boolean): readonly HeldRecord[] {
    const ahead = this.#line.splice(0).slice(this.#head);
    this.#head = 0;
    this.#line.push(...ahead.filter((record) => !isUnwanted(record)));
    return ahead.filter((record) => record.isHeld && isUnwanted(record));
  }
}
