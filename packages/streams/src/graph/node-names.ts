/** Gives numbers to nodes and stores: one counter for a whole builder, which goes on even where the user gave a name, so that Java and we give the same. */
export class NodeNames {
  #next = 0;
  #nextOwn = 0;

  /** `KSTREAM-FILTER-0000000003`. */
  node(prefix: string): string {
    return `${prefix}${this.#number()}`;
  }

  /** `KSTREAM-AGGREGATE-STATE-STORE-0000000004`. */
  store(prefix: string): string {
    return `${prefix}STATE-STORE-${this.#number()}`;
  }

  /** For steps that Java does not have: numbered apart, so that all other names stay as Java gives them. */
  ownOr(name: string | undefined, prefix: string): string {
    const numbered = `${prefix}${padded(this.#nextOwn++)}`;
    return name ?? numbered;
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
    return padded(this.#next++);
  }
}

function padded(number: number): string {
  return String(number).padStart(10, "0");
}
