import { ByteWriter, type Clock, TimeSlice } from "@ottla/base";
import { type Api, encodeResponse, writeResponseHeader } from "@ottla/protocol";

/** An answer whose lists are no longer than this is encoded in one go. */
const SMALL_LIST = 64;
/** So many elements of a long list are encoded before the time is looked at. */
const ELEMENTS_AT_ONCE = 16;

type AnyApi = Api<unknown, unknown>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Encodes an answer as a frame. One with a long list is encoded in slices of time, so that an answer of many MB does not keep other clients waiting: then, and only then, a promise comes back.
 * `onBytes` hears of every piece that was made; what it throws ends the work.
 */
export function encodeAnswer(
  clock: Clock,
  api: AnyApi,
  version: number,
  correlationId: number,
  response: unknown,
  onBytes: (bytes: number) => void,
): Buffer[] | Promise<Buffer[]> {
  const field = longList(response as Fields);
  if (field === undefined) return encodeResponse(api, version, correlationId, response);
  return new SlicedAnswer(api, version, correlationId, response as Fields, field).encode(new TimeSlice(clock), onBytes);
}

/** The one field with a long list; undefined where there is none, or more than one. */
function longList(response: Fields): string | undefined {
  let found: string | undefined;
  for (const name in response) {
    const value = response[name];
    if (!Array.isArray(value) || value.length <= SMALL_LIST) continue;
    if (found !== undefined) return undefined;
    found = name;
  }
  return found;
}

/**
 * An answer that is encoded list element by list element. The generated codec writes a whole message only, so it is given the message with a few elements of the list at a time, and
 * of what it writes only these elements are kept. Where they begin is known by the list being read: the codec reads it once more after it has written its length.
 */
class SlicedAnswer {
  readonly #api: AnyApi;
  readonly #version: number;
  readonly #correlationId: number;
  readonly #response: Fields;
  readonly #field: string;
  readonly #list: readonly unknown[];

  constructor(api: AnyApi, version: number, correlationId: number, response: Fields, field: string) {
    this.#api = api;
    this.#version = version;
    this.#correlationId = correlationId;
    this.#response = response;
    this.#field = field;
    this.#list = response[field] as readonly unknown[];
  }

  encode(slice: TimeSlice, onBytes: (bytes: number) => void): Buffer[] | Promise<Buffer[]> {
    const empty = this.#write([]);
    // A version without this list, or with the list inside a tagged field.
    if (empty.elementsAt - empty.listAt !== (this.#isFlexible ? 1 : 4))
      return encodeResponse(this.#api, this.#version, this.#correlationId, this.#response);
    const tailBytes = empty.byteLength - empty.elementsAt;
    const elements: Buffer[] = [];
    const encodeSome = (from: number): number => {
      const to = Math.min(from + ELEMENTS_AT_ONCE, this.#list.length);
      const { parts, byteLength, elementsAt } = this.#write(this.#list.slice(from, to));
      elements.push(...cut(parts, elementsAt, byteLength - tailBytes));
      onBytes(byteLength - tailBytes - elementsAt);
      return to;
    };
    const rest = async (from: number): Promise<Buffer[]> => {
      for (let at = from; at < this.#list.length; ) {
        if (slice.isOver) await slice.rest();
        at = encodeSome(at);
      }
      return this.#frame(empty, elements);
    };
    for (let at = 0; at < this.#list.length; ) {
      if (slice.isOver) return rest(at);
      at = encodeSome(at);
    }
    return this.#frame(empty, elements);
  }

  get #isFlexible(): boolean {
    return this.#version >= this.#api.firstFlexibleVersion;
  }

  #frame({ parts, byteLength, listAt, elementsAt }: Written, elements: readonly Buffer[]): Buffer[] {
    const writer = new ByteWriter();
    for (const part of cut(parts, 0, listAt)) writer.bytes(part);
    if (this.#isFlexible) writer.uvarint(this.#list.length + 1);
    else writer.int32(this.#list.length);
    for (const piece of elements) writer.bytes(piece);
    for (const part of cut(parts, elementsAt, byteLength)) writer.bytes(part);
    return writer.finishFrame();
  }

  /** Header and message with other elements in the list. */
  #write(elements: readonly unknown[]): Written {
    const writer = new ByteWriter();
    let listAt = -1;
    let elementsAt = -1;
    const message = Object.defineProperty({ ...this.#response }, this.#field, {
      get: () => {
        elementsAt = writer.length;
        if (listAt < 0) listAt = elementsAt;
        return elements;
      },
    });
    writeResponseHeader(writer, this.#api.key, this.#version, this.#correlationId);
    this.#api.writeResponse(writer, message, this.#version);
    return { byteLength: writer.length, parts: writer.finish(), listAt, elementsAt };
  }
}

/** The bytes `from`..`to` of buffers that follow each other, without copying. */
function cut(parts: readonly Buffer[], from: number, to: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    if (at + part.length > from && at < to) found.push(part.subarray(Math.max(0, from - at), Math.min(part.length, to - at)));
    at += part.length;
  }
  return found;
}

interface Written {
  readonly parts: readonly Buffer[];
  readonly byteLength: number;
  /** Where the length of the list is, −1 where this version has no such list. */
  readonly listAt: number;
  readonly elementsAt: number;
}
