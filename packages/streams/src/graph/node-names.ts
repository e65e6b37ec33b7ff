/** Gives numbers to nodes and stores: one counter for a whole builder, which goes on even where the user gave a name, so that Java and we give the same. */
export class NodeNames {
  #next = 0;

  /** `KSTREAM-FILTER-0000000003`. */
  node(prefix: string): string {
    return `${prefix}${this.#number()}`;
  }

  /** `KSTREAM-AGGREGATE-STATE-STORE-0000000004`. */
  store(prefix: string): string {
    return `${prefix}STATE-STORE-${this.#number()}`;
  }

  /** The name given by the user, or one with a number. */
  nodeOr(name: string | undefined, prefix: string): string {
    const numbered = this.node(prefix);
    return name ?? numbered;
  }

  /** The name given by the user with a suffix, or one with a number. */
  suffixedOr(name: string | undefined, suffix: string, prefix: string): string {
    const numbered = this.node(prefix);
    return name === undefined ? numbered : name + suffix;
  }

  #number(): string {
    return String(this.#next++).padStart(10, "0");
  }
}
