import { beginsWith } from "../bytes/compare-bytes.ts";
import type { Walk } from "../store-walk.ts";

/** LMDB's own bound, with its pages of 4 KiB. */
export const KEY_BYTES_MAX = 1978;

const ID_BYTES = 8;
/** Where the number of subtrees is that there have been: no subtree has the id 0. */
const COUNT_KEY = Buffer.alloc(ID_BYTES);

/** A database whose keys have 1 to {@link KEY_BYTES_MAX} bytes. */
export interface ShortKeys {
  get(key: Buffer): Buffer | undefined;
  put(key: Buffer, value: Buffer): void;
  delete(key: Buffer): void;
  /** Both ends inclusive, null: without end. */
  walk(from: Buffer | null, to: Buffer | null, isReverse: boolean): Walk<ShortEntry>;
}

/** An entry of {@link ShortKeys}. */
export interface ShortEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A level of the tree: the database that has it, and what its keys begin with. */
interface Level {
  readonly keys: ShortKeys;
  readonly id: Buffer;
}

/** A level that is being walked. */
interface Walked {
  readonly walk: Walk<ShortEntry>;
  readonly id: Buffer;
  /** Of the keys below it: what stands before its own bytes. */
  readonly before: Buffer;
  /** Bounds of what follows, as far as this level has them. */
  readonly from: Buffer | null;
  readonly to: Buffer | null;
}

const root: Buffer = Buffer.alloc(0);

/**
 * Keys of any length but 0 in databases of short ones, in their order. A key that is too long is cut: what it begins with names a subtree in `more`, whose keys are `int64 id, rest`, and which has subtrees of its own where the rest is too long, too. A
 * key of just the bound's length is cut as well, so that an entry of that length is always a subtree's name.
 */
export class AnyLengthKeys {
  readonly #main: ShortKeys;
  readonly #more: ShortKeys;

  constructor(main: ShortKeys, more: ShortKeys) {
    this.#main = main;
    this.#more = more;
  }

  get(key: Buffer): Buffer | undefined {
    const level = this.#levelOf(key);
    return level === undefined ? undefined : level.keys.get(level.leaf);
  }

  put(key: Buffer, value: Buffer): void {
    let { level, at } = this.#top();
    for (let name = nameIn(level, key, at); name !== undefined; name = nameIn(level, key, at)) {
      let id = level.keys.get(name);
      if (id === undefined) {
        id = this.#newId();
        level.keys.put(name, id);
      } else id = Buffer.from(id);
      at += name.length - level.id.length;
      level = { keys: this.#more, id };
    }
    level.keys.put(leafOf(level, key, at), value);
  }

  delete(key: Buffer): void {
    const above: { readonly level: Level; readonly name: Buffer }[] = [];
    let { level, at } = this.#top();
    for (let name = nameIn(level, key, at); name !== undefined; name = nameIn(level, key, at)) {
      const id = level.keys.get(name);
      if (id === undefined) return;
      above.push({ level, name });
      at += name.length - level.id.length;
      level = { keys: this.#more, id: Buffer.from(id) };
    }
    level.keys.delete(leafOf(level, key, at));
    // A subtree without entries goes, and so does what it was the last entry of.
    for (let parent = above.pop(); parent !== undefined && this.#isEmpty(level.id); parent = above.pop()) {
      parent.level.keys.delete(parent.name);
      level = parent.level;
    }
  }

  /** Both ends inclusive. */
  walk(from: Buffer | null, to: Buffer | null, isReverse: boolean): Walk<ShortEntry> {
    const open: Walked[] = [];
    const begin = (id: Buffer, before: Buffer, from: Buffer | null, to: Buffer | null) => {
      const room = KEY_BYTES_MAX - id.length;
      const keys = id.length === 0 ? this.#main : this.#more;
      const first = from === null ? (id.length === 0 ? null : id) : Buffer.concat([id, from.subarray(0, room)]);
      const last = to === null ? (id.length === 0 ? null : behind(id)) : Buffer.concat([id, to.subarray(0, room)]);
      open.push({ walk: keys.walk(first, last, isReverse), id, before, from, to });
    };
    begin(root, root, from, to);
    const next = (): ShortEntry | undefined => {
      for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
        const entry = level.walk.next();
        if (entry === undefined) {
          level.walk.close();
          open.pop();
          continue;
        }
        const { id, before, from: least, to: most } = level;
        // Behind the subtree there is the next one.
        if (!beginsWith(entry.key, id)) continue;
        const own = entry.key.subarray(id.length);
        const key = before.length === 0 ? own : Buffer.concat([before, own]);
        if (entry.key.length < KEY_BYTES_MAX) return { key, value: entry.value };
        begin(Buffer.from(entry.value), Buffer.from(key), restOf(least, own), restOf(most, own));
      }
      return undefined;
    };
    return {
      next,
      close() {
        for (const { walk } of open.splice(0)) walk.close();
      },
    };
  }

  #top(): { level: Level; at: number } {
    return { level: { keys: this.#main, id: root }, at: 0 };
  }

  #levelOf(key: Buffer): { readonly keys: ShortKeys; readonly leaf: Buffer } | undefined {
    let { level, at } = this.#top();
    for (let name = nameIn(level, key, at); name !== undefined; name = nameIn(level, key, at)) {
      const id = level.keys.get(name);
      if (id === undefined) return undefined;
      at += name.length - level.id.length;
      level = { keys: this.#more, id: Buffer.from(id) };
    }
    return { keys: level.keys, leaf: leafOf(level, key, at) };
  }

  #newId(): Buffer {
    const id = Buffer.alloc(ID_BYTES);
    id.writeBigUInt64BE((this.#more.get(COUNT_KEY)?.readBigUInt64BE(0) ?? 0n) + 1n);
    this.#more.put(COUNT_KEY, id);
    return id;
  }

  #isEmpty(id: Buffer): boolean {
    const walk = this.#more.walk(id, behind(id), false);
    const first = walk.next();
    walk.close();
    return first === undefined || !beginsWith(first.key, id);
  }
}

/** What a level calls the subtree that a key goes on in; undefined: the level has the rest of the key. */
function nameIn({ id }: Level, key: Buffer, at: number): Buffer | undefined {
  const room = KEY_BYTES_MAX - id.length;
  return key.length - at < room ? undefined : Buffer.concat([id, key.subarray(at, at + room)]);
}

function leafOf({ id }: Level, key: Buffer, at: number): Buffer {
  return id.length === 0 ? key : Buffer.concat([id, key.subarray(at)]);
}

/** What of a bound is left within the subtree of that name; null: the whole subtree is within it. */
function restOf(bound: Buffer | null, name: Buffer): Buffer | null {
  return bound !== null && beginsWith(bound, name) ? bound.subarray(name.length) : null;
}

function behind(id: Buffer): Buffer {
  const next = Buffer.alloc(ID_BYTES);
  next.writeBigUInt64BE(id.readBigUInt64BE(0) + 1n);
  return next;
}
