import { JsonCursor, unexpected } from "./json-cursor.ts";
import { type QuickRead, structReader } from "./compile-json-reader.ts";

/** After so many texts in a row that are written otherwise nobody tries any more. */
const MISSES_MAX = 20;
/** Shapes that records have, each of which costs some code. */
const SHAPES_MAX = 50;
const NAMES_MAX = 200;

const cursor = new JsonCursor();

/** Reads texts as one expects them, or says that this is none; then whoever asks reads it otherwise. */
export class QuickJson {
  #read: QuickRead | undefined;
  #misses = 0;

  constructor(read: QuickRead | undefined) {
    this.#read = read;
  }

  /** The value, or `unexpected`. */
  read(text: string): unknown {
    if (this.#read === undefined) return unexpected;
    try {
      cursor.begin(text);
      const value = this.#read(cursor);
      if (cursor.isAtEnd) {
        this.#misses = 0;
        return value;
      }
    } catch {
      // It is read again by those who say what is wrong with it.
    }
    if (++this.#misses >= MISSES_MAX) this.#read = undefined;
    return unexpected;
  }
}

/** The same of records without a schema: most topics have records of one shape. */
export class QuickShape {
  #quick: QuickJson | undefined;
  #shapes = 0;

  read(text: string): unknown {
    return this.#quick === undefined ? unexpected : this.#quick.read(text);
  }

  /** A value that was read otherwise, of which the next one may have the shape. */
  learn(value: unknown): void {
    if (this.#shapes >= SHAPES_MAX || typeof value !== "object" || value === null || Array.isArray(value)) return;
    const names = Object.keys(value);
    if (names.length === 0 || names.length > NAMES_MAX) return;
    this.#shapes++;
    this.#quick = new QuickJson(structReader(names.map((name) => ({ name, read: (from) => from.any(1) }))));
  }
}
