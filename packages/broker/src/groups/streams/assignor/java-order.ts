/** `String.hashCode`, spread as `HashMap` does. */
function spreadHash(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(31, hash) + key.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

const DEFAULT_CAPACITY = 16;

/**
 * Keys in the order in which a Java `HashMap<String, …>` gives them back that got these by `put`, in their order. Kafka's assignor breaks ties by it, so an assignment that is to equal Kafka's must
 * follow it. (Buckets that Java turns into trees are left out: they take eight collisions.)
 */
export function javaHashOrder(keys: Iterable<string>): string[] {
  const entries = [...keys];
  return ordered(entries, tableSize(DEFAULT_CAPACITY, entries.length));
}

/** As {@link javaHashOrder}, by `computeIfAbsent` into a map made for `capacity` keys: that puts a key before the others of its bucket, and makes room one key later. */
export function javaComputedOrder(keys: Iterable<string>, capacity: number): string[] {
  const entries = [...keys].reverse();
  return ordered(entries, tableSize(capacity, entries.length - 1));
}

function tableSize(capacity: number, count: number): number {
  let size = 1;
  while (size < capacity) size *= 2;
  while (count > Math.floor(size * 0.75)) size *= 2;
  return size;
}

function ordered(keys: readonly string[], size: number): string[] {
  const mask = size - 1;
  const entries = keys.map((key) => ({ key, hash: spreadHash(key) }));
  return entries.sort((one, other) => (one.hash & mask) - (other.hash & mask)).map(({ key }) => key);
}

/** A heap that breaks ties as Java's `PriorityQueue` does. */
export class JavaPriorityQueue<Element> {
  readonly #heap: Element[] = [];
  readonly #weight: (element: Element) => number;

  /** The element of the least weight comes first; a weight must not change while its element is in the queue. */
  constructor(elements: Iterable<Element>, weight: (element: Element) => number) {
    this.#weight = weight;
    for (const element of elements) this.add(element);
  }

  get size(): number {
    return this.#heap.length;
  }

  add(element: Element): void {
    const heap = this.#heap;
    const weight = this.#weight(element);
    let at = heap.length;
    heap.push(element);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (weight >= this.#weight(heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = element;
  }

  poll(): Element | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0) this.#siftDown(last!);
    return first;
  }

  #siftDown(element: Element): void {
    const heap = this.#heap;
    const weight = this.#weight(element);
    const half = heap.length >>> 1;
    let at = 0;
    while (at < half) {
      let child = 2 * at + 1;
      const right = child + 1;
      if (right < heap.length && this.#weight(heap[child]!) > this.#weight(heap[right]!)) child = right;
      if (weight <= this.#weight(heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = element;
  }
}
