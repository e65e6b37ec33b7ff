import type { Language as GrammarLanguage, TreeCursor } from "web-tree-sitter";

/** What nests deeper was not written by hand; it is left out. */
const DEPTH_MAX = 400;
/** A file of a megabyte has fewer. */
const NODES_MAX = 1_000_000;

/** Numbers that a node takes in a packed tree: type, field (0: none), start, end, children that follow it. */
export const NODE_NUMBERS = 5;
/** The type of what the grammar did not understand. */
export const ERROR_TYPE = 65_535;

/** A file's tree in one piece that goes from thread to thread without a copy: each node before its children. */
export interface PackedTree {
  readonly nodes: Int32Array<ArrayBuffer>;
  /** Start and end of each comment. */
  readonly comments: Int32Array<ArrayBuffer>;
  /** Whether parts nest too deep or are too many to be looked at. */
  readonly isCut: boolean;
}

/** Packs the tree at whose root the cursor stands. Tokens without a name are left out, unless the grammar gives them a field. */
export function packTree(language: GrammarLanguage, cursor: TreeCursor): PackedTree {
  const packer = new TreePacker(language, cursor);
  packer.read(0);
  return packer.packed();
}

class TreePacker {
  readonly #language: GrammarLanguage;
  readonly #cursor: TreeCursor;
  readonly #isComment = new Map<number, boolean>();
  readonly #comments: number[] = [];
  #nodes = new Int32Array(NODE_NUMBERS * 1024);
  #count = 0;
  #isCut = false;

  constructor(language: GrammarLanguage, cursor: TreeCursor) {
    this.#language = language;
    this.#cursor = cursor;
  }

  packed(): PackedTree {
    return { nodes: this.#nodes.slice(0, this.#count * NODE_NUMBERS), comments: new Int32Array(this.#comments), isCut: this.#isCut };
  }

  /** Reads where the cursor stands, and leaves it there; whether a node came of it. */
  read(depth: number): boolean {
    const cursor = this.#cursor;
    const type = cursor.nodeTypeId;
    const field = cursor.currentFieldId;
    if (field === 0 && !this.#language.nodeTypeIsNamed(type)) return false;
    if (this.#standsForComment(type)) {
      this.#comments.push(cursor.startIndex, cursor.endIndex);
      return false;
    }
    if (depth > DEPTH_MAX || this.#count >= NODES_MAX) {
      this.#isCut = true;
      return false;
    }
    const at = this.#count++ * NODE_NUMBERS;
    if (at >= this.#nodes.length) this.#grow();
    this.#nodes[at] = type;
    this.#nodes[at + 1] = field;
    this.#nodes[at + 2] = cursor.startIndex;
    this.#nodes[at + 3] = cursor.endIndex;
    let children = 0;
    if (cursor.gotoFirstChild()) {
      do if (this.read(depth + 1)) children++;
      while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    this.#nodes[at + 4] = children;
    return true;
  }

  #standsForComment(type: number): boolean {
    let known = this.#isComment.get(type);
    if (known === undefined)
      this.#isComment.set(type, (known = type !== ERROR_TYPE && this.#language.nodeTypeForId(type)?.endsWith("comment") === true));
    return known;
  }

  #grow(): void {
    const larger = new Int32Array(this.#nodes.length * 2);
    larger.set(this.#nodes);
    this.#nodes = larger;
  }
}
