import { type Clock, TimeSlice } from "@ottla/base";
import { readJson } from "./read-json.ts";

/** So much is parsed at once: under a millisecond. */
const PIECE_CHARACTERS = 65_536;
/** Deeper ones are parsed as they are: each level is looked through once more. */
const DEPTH_MAX = 12;
/** Signs between two looks at the time. */
const LOOKS_EVERY = 16_384;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * The same as `readJson`, for texts of any size: others have their turns between pieces of it. Lists and objects are cut between their members; one text or number is never cut.
 * @throws ConnectError CONNECT_DATA
 */
export async function readJsonInSlices(text: string, clock: Clock): Promise<unknown> {
  if (text.length <= PIECE_CHARACTERS) return readJson(text);
  const value = await new SlicedText(text, new TimeSlice(clock)).read(0, text.length, 0);
  // What is not as it should be is told by who reads it whole.
  return value === UNREADABLE ? readJson(text) : value;
}

const UNREADABLE = Symbol("unreadable");

class SlicedText {
  readonly #text: string;
  readonly #slice: TimeSlice;

  constructor(text: string, slice: TimeSlice) {
    this.#text = text;
    this.#slice = slice;
  }

  /** The value between two places, with blanks around it. */
  async read(from: number, to: number, depth: number): Promise<unknown> {
    const start = this.#behindBlanks(from);
    const open = this.#text[start];
    if (to - start <= PIECE_CHARACTERS || depth >= DEPTH_MAX || (open !== "[" && open !== "{")) {
      if (this.#slice.isOver) await this.#slice.rest();
      return this.#parsed(this.#text.slice(start, to));
    }
    return open === "[" ? this.#list(start + 1, to, depth) : this.#object(start + 1, to, depth);
  }

  async #list(from: number, to: number, depth: number): Promise<unknown> {
    const list: unknown[] = [];
    const end = await this.#members(from, to, async (start, stop, isLarge) => {
      const value = isLarge ? await this.read(start, stop, depth + 1) : this.#parsed(`[${this.#text.slice(start, stop)}]`);
      if (value === UNREADABLE) return false;
      if (isLarge) list.push(value);
      else for (const each of value as unknown[]) list.push(each);
      return true;
    });
    return this.#isEnd(end, to, "]") ? list : UNREADABLE;
  }

  async #object(from: number, to: number, depth: number): Promise<unknown> {
    const object: Record<string, unknown> = {};
    const put = (name: string, value: unknown): void => {
      Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
    };
    const end = await this.#members(from, to, async (start, stop, isLarge) => {
      if (!isLarge) {
        const some = this.#parsed(`{${this.#text.slice(start, stop)}}`);
        if (some === UNREADABLE) return false;
        for (const [name, value] of Object.entries(some as object)) put(name, value);
        return true;
      }
      const at = this.#behindBlanks(start);
      const behind = this.#text.charCodeAt(at) === QUOTE ? this.#behindText(at) : -1;
      const colon = behind < 0 ? -1 : this.#behindBlanks(behind);
      if (colon < 0 || this.#text.charCodeAt(colon) !== COLON) return false;
      const [name, value] = [this.#parsed(this.#text.slice(at, behind)), await this.read(colon + 1, stop, depth + 1)];
      if (typeof name !== "string" || value === UNREADABLE) return false;
      put(name, value);
      return true;
    });
    return this.#isEnd(end, to, "}") ? object : UNREADABLE;
  }

  /** Gives members one after the other, small ones several at a time with the commas between them. Resolves with the place of the bracket behind them; -1: there is none, or `take` said no. */
  async #members(from: number, to: number, take: (start: number, stop: number, isLarge: boolean) => Promise<boolean>): Promise<number> {
    const text = this.#text;
    let [group, member, depth] = [from, from, 0];
    let looks = 0;
    const hand = async (stop: number): Promise<boolean> => {
      // The comma before a large one belongs to nobody.
      if (stop - member <= PIECE_CHARACTERS) return take(group, stop, false);
      return (group === member || (await take(group, member - 1, false))) && take(member, stop, true);
    };
    for (let at = from; at < to; at++) {
      if (++looks % LOOKS_EVERY === 0 && this.#slice.isOver) await this.#slice.rest();
      const sign = text.charCodeAt(at);
      if (sign === QUOTE) {
        at = this.#behindText(at) - 1;
        if (at < 0) return -1;
      } else if (sign === 0x5b || sign === 0x7b) depth++;
      else if (sign === 0x5d || sign === 0x7d) {
        if (depth-- > 0) continue;
        // A comma with nothing behind it is for the other reader to tell of.
        if (this.#behindBlanks(member) >= at && member > from) return -1;
        return (await hand(at)) ? at : -1;
      } else if (sign === COMMA && depth === 0) {
        if (at - group > PIECE_CHARACTERS) {
          if (!(await hand(at))) return -1;
          group = at + 1;
        }
        member = at + 1;
      }
    }
    return -1;
  }

  /** Behind the text that begins there; below 0: it does not end. */
  #behindText(at: number): number {
    for (let end = this.#text.indexOf('"', at + 1); end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let slashes = 0;
      while (this.#text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
      if (slashes % 2 === 0) return end + 1;
    }
    return -1;
  }

  #behindBlanks(at: number): number {
    let place = at;
    while (/[ \t\r\n]/.test(this.#text[place] ?? "")) place++;
    return place;
  }

  #isEnd(at: number, to: number, bracket: string): boolean {
    return at >= 0 && this.#text[at] === bracket && this.#behindBlanks(at + 1) >= to;
  }

  #parsed(text: string): unknown {
    try {
      return readJson(text);
    } catch {
      return UNREADABLE;
    }
  }
}
