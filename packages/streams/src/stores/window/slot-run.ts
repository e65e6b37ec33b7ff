const FIRST_SLOTS = 4;

/** A row of numbers that its owner keeps sorted: places at both ends cost nothing to take or give up, one between moves what is on its shorter side. As long as it does not grow it makes no garbage. */
export class SlotRun {
  #slots = new Int32Array(FIRST_SLOTS);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** How many it has room for. */
  get capacity(): number {
    return this.#slots.length;
  }

  at(place: number): number {
    return this.#slots[this.#first + place]!;
  }

  insert(place: number, slot: number): void {
    const isInFront = this.#first > 0 && place * 2 < this.#length;
    if (!isInFront && this.#first + this.#length === this.#slots.length) this.#makeRoom();
    const first = this.#first;
    if (isInFront) {
      this.#slots.copyWithin(first - 1, first, first + place);
      this.#first = first - 1;
    } else if (place < this.#length) {
      this.#slots.copyWithin(first + place + 1, first + place, first + this.#length);
    }
    this.#slots[this.#first + place] = slot;
    this.#length++;
  }

  remove(place: number): void {
    const first = this.#first;
    if (place * 2 < this.#length) {
      if (place > 0) this.#slots.copyWithin(first + 1, first, first + place);
      this.#first = first + 1;
    } else if (place < this.#length - 1) {
      this.#slots.copyWithin(first + place, first + place + 1, first + this.#length);
    }
    this.#length--;
    if (this.#length === 0) this.#first = 0;
  }

  /** To the front, where at least half is free there; else in twice the room. */
  #makeRoom(): void {
    const before = this.#slots;
    const end = this.#first + this.#length;
    if (this.#first * 2 < before.length) {
      this.#slots = new Int32Array(before.length * 2);
      this.#slots.set(before.subarray(this.#first, end));
    } else {
      before.copyWithin(0, this.#first, end);
    }
    this.#first = 0;
  }
}
