/** Elements of a block; a full one is cut in two halves. */
const BLOCK_MAX = 256;

/**
 * A sorted list as an array of sorted blocks: two binary searches find a place, and an insertion moves at most a block. Elements are told apart by `compare` alone.
 * A walk is weakly consistent, as those of Java's skip lists: it gives nothing twice and leaves nothing out that was there all the time, and sees changes ahead of it.
 */
export class BlockList<T> {
  readonly #compare: (a: T, b: T) => number;
  /** No block is empty, but for the only one of an empty list. */
  #blocks: T[][] = [[]];
  /** Counts changes, so that a walk finds its place again only after one. */
  #version = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  /** From elements in any order, all different. */
  static of<T>(elements: readonly T[], compare: (a: T, b: T) => number): BlockList<T> {
    return BlockList.ofSorted(elements.toSorted(compare), compare);
  }

  /** From elements in their order, all different. */
  static ofSorted<T>(sorted: readonly T[], compare: (a: T, b: T) => number): BlockList<T> {
    const list = new BlockList(compare);
    if (sorted.length > 0) {
      list.#blocks = [];
      for (let at = 0; at < sorted.length; at += BLOCK_MAX / 2) list.#blocks.push(sorted.slice(at, at + BLOCK_MAX / 2));
    }
    return list;
  }

  /** Puts in what is not there yet. */
  insert(element: T): void {
    const index = this.#blockOf(element);
    const block = this.#blocks[index]!;
    const at = this.#placeIn(block, element);
    if (at === block.length) block.push(element);
    else block.splice(at, 0, element);
    if (block.length > BLOCK_MAX) this.#blocks.splice(index + 1, 0, block.splice(BLOCK_MAX / 2));
    this.#version++;
  }

  /** Takes out what compares as equal; false when there is none. */
  remove(element: T): boolean {
    const index = this.#blockOf(element);
    const block = this.#blocks[index]!;
    const at = this.#placeIn(block, element);
    if (at === block.length || this.#compare(block[at]!, element) !== 0) return false;
    if (at === block.length - 1) block.pop();
    else if (at === 0) block.shift();
    else block.splice(at, 1);
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(index, 1);
    this.#version++;
    return true;
  }

  get first(): T | undefined {
    return this.#blocks[0]![0];
  }

  /** The first above an element; no garbage, as a walk would be. */
  firstAbove(element: T): T | undefined {
    let index = this.#blockOf(element);
    let at = this.#placeIn(this.#blocks[index]!, element);
    if (at < this.#blocks[index]!.length && this.#compare(this.#blocks[index]![at]!, element) === 0) at++;
    if (at === this.#blocks[index]!.length) {
      index++;
      at = 0;
    }
    return this.#blocks[index]?.[at];
  }

  /** Takes out the first, if there is one. */
  removeFirst(): void {
    const block = this.#blocks[0]!;
    block.shift();
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.shift();
    this.#version++;
  }

  /** Gives one after another, from the first that is not below `from`; undefined at the end. */
  ascending(from: T | undefined): () => T | undefined {
    let index = from === undefined ? 0 : this.#blockOf(from);
    let at = from === undefined ? 0 : this.#placeIn(this.#blocks[index]!, from);
    let version = this.#version;
    let last: T | undefined;
    return () => {
      if (version !== this.#version) {
        version = this.#version;
        const resumeAt = last ?? from;
        index = resumeAt === undefined ? 0 : this.#blockOf(resumeAt);
        at = resumeAt === undefined ? 0 : this.#placeIn(this.#blocks[index]!, resumeAt);
        if (last !== undefined && at < this.#blocks[index]!.length && this.#compare(this.#blocks[index]![at]!, last) === 0) at++;
      }
      while (index < this.#blocks.length && at >= this.#blocks[index]!.length) {
        index++;
        at = 0;
      }
      if (index >= this.#blocks.length) return undefined;
      last = this.#blocks[index]![at++]!;
      return last;
    };
  }

  /** Gives one after another, back from the last that is not above `from`; undefined at the end. */
  descending(from: T | undefined): () => T | undefined {
    let index = 0;
    let at = 0;
    let version = -1;
    let last: T | undefined;
    return () => {
      if (version !== this.#version) {
        version = this.#version;
        const resumeAt = last ?? from;
        if (resumeAt === undefined) {
          index = this.#blocks.length - 1;
          at = this.#blocks[index]!.length - 1;
        } else {
          index = this.#blockOf(resumeAt);
          const block = this.#blocks[index]!;
          at = this.#placeIn(block, resumeAt);
          const isThere = at < block.length && this.#compare(block[at]!, resumeAt) === 0;
          if (!isThere || last !== undefined) at--;
        }
      }
      while (index >= 0 && at < 0) {
        index--;
        at = index < 0 ? -1 : this.#blocks[index]!.length - 1;
      }
      if (index < 0) return undefined;
      last = this.#blocks[index]![at--]!;
      return last;
    };
  }

  /** The last block whose first element is not above. */
  #blockOf(element: T): number {
    const blocks = this.#blocks;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#compare(blocks[middle]![0]!, element) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Of the first element in the block that is not below. */
  #placeIn(block: readonly T[], element: T): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(block[middle]!, element) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
