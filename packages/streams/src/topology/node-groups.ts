/** Which nodes belong together, by links and by stores: a union-find over names. */
export class NodeGroups {
  readonly #parent = new Map<string, string>();

  add(name: string): void {
    this.#parent.set(name, name);
  }

  unite(a: string, b: string): void {
    this.#parent.set(this.#root(a), this.#root(b));
  }

  /** The groups by their first name in `names`. */
  inOrderOf(names: readonly string[]): string[][] {
    const groups = new Map<string, string[]>();
    for (const name of names) {
      const root = this.#root(name);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [name]);
      else group.push(name);
    }
    return [...groups.values()];
  }

  #root(name: string): string {
    let root = name;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root)) root = up;
    for (let at = name; at !== root; ) {
      const up = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = up;
    }
    return root;
  }
}
