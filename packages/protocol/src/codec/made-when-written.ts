/**
 * A list of a message whose elements are made one by one while they are written, each from one of `sources` (which must not change until then), so that of a long answer no more
 * is in memory than its bytes. Elements may be made more than once. It has a length and can be gone through, which is all that a writer does; whoever treats it as any other list fails at once.
 */
export function madeWhenWritten<Source, Element>(sources: readonly Source[], make: (source: Source) => Element): readonly Element[] {
  return new MadeWhenWritten(sources, make) as unknown as readonly Element[];
}

/** Whether a field of a message is such a list. */
export function isMadeWhenWritten(field: unknown): boolean {
  return field instanceof MadeWhenWritten;
}

/** The message with its own lists made: for whoever looks into it, or changes it. */
export function madeWhole<Message extends object>(message: Message): Message {
  const made = Object.entries(message).flatMap(([name, field]) => (field instanceof MadeWhenWritten ? [[name, [...field]]] : []));
  return made.length === 0 ? message : { ...message, ...Object.fromEntries(made) };
}

class MadeWhenWritten<Source, Element> implements Iterable<Element> {
  readonly #sources: readonly Source[];
  readonly #make: (source: Source) => Element;

  constructor(sources: readonly Source[], make: (source: Source) => Element) {
    this.#sources = sources;
    this.#make = make;
  }

  get length(): number {
    return this.#sources.length;
  }

  *[Symbol.iterator](): IterableIterator<Element> {
    for (const source of this.#sources) yield this.#make(source);
  }
}
