/**
 * The orders in which Java's collections give what was put into them. `describe()` prints some of them, so its text can only be the same where the order is.
 * Source: the documented algorithms of java.lang.String.hashCode, java.util.HashMap and java.util.TreeMap.
 */

/** Distinct names in the order in which a `HashSet` or the keys of a `HashMap` give them that was filled with `names` one by one. */
export function hashOrder(names: readonly string[]): string[] {
  let buckets = 16;
  while (names.length > buckets * 0.75) buckets *= 2;
  const mask = buckets - 1;
  const bucketOf = (name: string) => {
    const hash = stringHash(name);
    return (hash ^ (hash >>> 16)) & mask;
  };
  return [...new Set(names)]
    .map((name, index) => ({ name, index, bucket: bucketOf(name) }))
    .sort((a, b) => a.bucket - b.bucket || a.index - b.index)
    .map(({ name }) => name);
}

function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

interface TreeNode<T> {
  readonly value: T;
  left: TreeNode<T> | undefined;
  right: TreeNode<T> | undefined;
  parent: TreeNode<T> | undefined;
  red: boolean;
}

/**
 * Values in a red-black tree, as in a `TreeSet`. A sorted array would do, were the comparison steady; Java compares by sizes that change between two insertions, so that where a value
 * lands depends on the shape of the tree.
 */
export class TreeOrder<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number;
  #root: TreeNode<T> | undefined;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(value: T): void {
    let parent: TreeNode<T> | undefined;
    let at = this.#root;
    let order = 0;
    while (at !== undefined) {
      order = this.#compare(value, at.value);
      if (order === 0) return;
      parent = at;
      at = order < 0 ? at.left : at.right;
    }
    const node: TreeNode<T> = { value, left: undefined, right: undefined, parent, red: parent !== undefined };
    if (parent === undefined) this.#root = node;
    else {
      if (order < 0) parent.left = node;
      else parent.right = node;
      this.#balance(node);
    }
  }

  *[Symbol.iterator](): Iterator<T> {
    yield* walk(this.#root);
  }

  #balance(inserted: TreeNode<T>): void {
    let node = inserted;
    while (node.parent?.red === true && node.parent.parent !== undefined) {
      const grandparent = node.parent.parent;
      const leftSide = node.parent === grandparent.left;
      const uncle = leftSide ? grandparent.right : grandparent.left;
      if (uncle?.red === true) {
        node.parent.red = false;
        uncle.red = false;
        grandparent.red = true;
        node = grandparent;
        continue;
      }
      if (node === (leftSide ? node.parent.right : node.parent.left)) {
        node = node.parent;
        this.#rotate(node, leftSide);
      }
      if (node.parent !== undefined) node.parent.red = false;
      grandparent.red = true;
      this.#rotate(grandparent, !leftSide);
    }
    if (this.#root !== undefined) this.#root.red = false;
  }

  #rotate(node: TreeNode<T>, toLeft: boolean): void {
    const child = toLeft ? node.right : node.left;
    if (child === undefined) return;
    const inner = toLeft ? child.left : child.right;
    if (toLeft) node.right = inner;
    else node.left = inner;
    if (inner !== undefined) inner.parent = node;
    child.parent = node.parent;
    if (node.parent === undefined) this.#root = child;
    else if (node.parent.left === node) node.parent.left = child;
    else node.parent.right = child;
    if (toLeft) child.left = node;
    else child.right = node;
    node.parent = child;
  }
}

function* walk<T>(node: TreeNode<T> | undefined): Generator<T> {
  if (node === undefined) return;
  yield* walk(node.left);
  yield node.value;
  yield* walk(node.right);
}
