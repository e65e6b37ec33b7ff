/** What a member is subscribed to by name. Members that are subscribed alike share one. */
export class TopicNames {
  static readonly none: TopicNames = new TopicNames([]);
  /** Ascending, each once. */
  readonly sorted: readonly string[];
  readonly hash: number;
  #set: ReadonlySet<string> | undefined;

  private constructor(sorted: readonly string[]) {
    this.sorted = sorted;
    let hash = sorted.length;
    for (const name of sorted) for (let i = 0; i < name.length; i++) hash = (Math.imul(31, hash) + name.charCodeAt(i)) | 0;
    this.hash = hash;
  }

  static of(names: readonly string[]): TopicNames {
    return names.length === 0 ? TopicNames.none : new TopicNames([...new Set(names)].sort());
  }

  has(name: string): boolean {
    this.#set ??= new Set(this.sorted);
    return this.#set.has(name);
  }

  equals(other: TopicNames): boolean {
    if (this === other) return true;
    if (this.hash !== other.hash || this.sorted.length !== other.sorted.length) return false;
    return this.sorted.every((name, i) => name === other.sorted[i]);
  }

  /** Whether these are the names that a request lists, in whatever order. */
  isListedBy(names: readonly string[]): boolean {
    return this.equals(TopicNames.of(names));
  }

  get heldBytes(): number {
    let bytes = 64;
    for (const name of this.sorted) bytes += 80 + name.length;
    return bytes;
  }
}
