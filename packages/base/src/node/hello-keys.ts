const RECORD_HEAD_BYTES = 5;
const MESSAGE_HEAD_BYTES = 4;
/** The version that a hello says for those who know no better, and its random. */
const VERSION_AND_RANDOM_BYTES = 2 + 32;
/** Extensions of a ClientHello (RFC 8446, 4.2). */
const SUPPORTED_GROUPS = 10;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;

/** What a ClientHello says of the keys that it can agree upon. */
export interface HelloKeys {
  /** Versions that it lists; a client that has no TLS 1.3 lists none. */
  readonly versions: readonly number[];
  /** Groups of which it sends its half of a key and that it says it takes; undefined where it has no list of such halves. */
  readonly shared: readonly number[] | undefined;
}

/** Reads a whole ClientHello in its records. Undefined where it breaks off within itself, which OpenSSL takes of nobody. */
export function readHelloKeys(records: Buffer): HelloKeys | undefined {
  try {
    return keysIn(messageOf(records));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a server with these groups would have to ask for a second hello, in TLS 1.3: that has none of its own otherwise. */
export function needsSecondHello({ versions, shared }: HelloKeys, groups: ReadonlySet<number>): boolean {
  return versions.includes(TLS_1_3) && shared !== undefined && !shared.some((group) => groups.has(group));
}

export function takesTls12({ versions }: HelloKeys): boolean {
  return versions.includes(TLS_1_2);
}

function messageOf(records: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let missing = MESSAGE_HEAD_BYTES + records.readUIntBE(RECORD_HEAD_BYTES + 1, 3);
  for (let at = 0; missing > 0; ) {
    const end = at + RECORD_HEAD_BYTES + records.readUInt16BE(at + 3);
    const piece = sliceOf(records, at + RECORD_HEAD_BYTES, end);
    pieces.push(piece.subarray(0, missing));
    missing -= piece.length;
    at = end;
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

function keysIn(message: Buffer): HelloKeys {
  let at = MESSAGE_HEAD_BYTES + VERSION_AND_RANDOM_BYTES;
  // Its session, its cipher suites, its ways to compress.
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  let versions: readonly number[] = [];
  let groups: readonly number[] = [];
  let shares: readonly number[] | undefined;
  const extensions = at === message.length ? message.subarray(at) : listAt(message, at);
  for (let next = 0; next < extensions.length; ) {
    const body = listAt(extensions, next + 2);
    const kind = extensions.readUInt16BE(next);
    if (kind === SUPPORTED_VERSIONS) versions = pairsOf(sliceOf(body, 1, 1 + body.readUInt8(0)));
    else if (kind === SUPPORTED_GROUPS) groups = pairsOf(listAt(body, 0));
    else if (kind === KEY_SHARE) shares = sharesIn(listAt(body, 0));
    next += 4 + body.length;
  }
  return { versions, shared: shares?.filter((group) => groups.includes(group)) };
}

function sharesIn(list: Buffer): readonly number[] {
  const groups: number[] = [];
  for (let at = 0; at < list.length; at += 4 + listAt(list, at + 2).length) groups.push(list.readUInt16BE(at));
  return groups;
}

/** Behind a length of two bytes. */
function listAt(bytes: Buffer, at: number): Buffer {
  return sliceOf(bytes, at + 2, at + 2 + bytes.readUInt16BE(at));
}

function sliceOf(bytes: Buffer, from: number, end: number): Buffer {
  if (end > bytes.length) throw new RangeError("A list goes on behind the end of what holds it.");
  return bytes.subarray(from, end);
}

function pairsOf(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readUInt16BE(2 * i));
}
