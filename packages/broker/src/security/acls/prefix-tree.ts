class Node<Value> {
  /** What its prefix has beyond that of its parent. */
  label: string;
  value: Value | undefined;
  readonly children = new Map<number, Node<Value>>();

  constructor(label: string, value: Value | undefined) {
    this.label = label;
    this.value = value;
  }
}

/** Values by prefix, in a tree of what prefixes share: those of a name are found by walking down its letters, however many there are. */
export class PrefixTree<Value> {
  #root = new Node<Value>("", undefined);

  get(prefix: string): Value | undefined {
    let node = this.#root;
    for (let at = 0; at < prefix.length; at += node.label.length) {
      const child = node.children.get(prefix.charCodeAt(at));
      if (child === undefined || !prefix.startsWith(child.label, at)) return undefined;
      node = child;
    }
    return node.value;
  }

  set(prefix: string, value: Value): void {
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const child = node.children.get(prefix.charCodeAt(at));
      if (child === undefined) {
        node.children.set(prefix.charCodeAt(at), new Node(prefix.slice(at), value));
        return;
      }
      const common = commonLength(child.label, prefix, at);
      node = common === child.label.length ? child : split(node, child, common);
      at += common;
    }
    node.value = value;
  }

  delete(prefix: string): void {
    const path = [this.#root];
    for (let at = 0; at < prefix.length; at += path.at(-1)!.label.length) {
      const child = path.at(-1)!.children.get(prefix.charCodeAt(at));
      if (child === undefined || !prefix.startsWith(child.label, at)) return;
      path.push(child);
    }
    path.at(-1)!.value = undefined;
    for (let depth = path.length - 1; depth > 0; depth--) {
      const node = path[depth]!;
      if (node.value !== undefined || node.children.size > 0) return;
      path[depth - 1]!.children.delete(node.label.charCodeAt(0));
    }
  }

  /** Calls `visit` with the value of each prefix of `name`, the shortest first, until it returns true. */
  visitPrefixesOf(name: string, visit: (value: Value) => boolean): void {
    let node = this.#root;
    for (let at = 0; at < name.length; ) {
      const child = node.children.get(name.charCodeAt(at));
      if (child === undefined || !name.startsWith(child.label, at)) return;
      if (child.value !== undefined && visit(child.value)) return;
      at += child.label.length;
      node = child;
    }
  }
}

/** Puts a node between, for what `child` has up to there. */
function split<Value>(parent: Node<Value>, child: Node<Value>, length: number): Node<Value> {
  const upper = new Node<Value>(child.label.slice(0, length), undefined);
  parent.children.set(child.label.charCodeAt(0), upper);
  child.label = child.label.slice(length);
  upper.children.set(child.label.charCodeAt(0), child);
  return upper;
}

function commonLength(label: string, text: string, from: number): number {
  const end = Math.min(label.length, text.length - from);
  let length = 0;
  while (length < end && label.charCodeAt(length) === text.charCodeAt(from + length)) length++;
  return length;
}
