import { LZ4_UNPACKER_WASM } from "../generated/lz4-unpacker.ts";
import { decompressLz4Block } from "./lz4-block.ts";
import { malformed } from "./lz4-frame.ts";

const PAGE_BYTES = 65536;
/** What `lz4-unpacker.wat` may write behind what it unpacks, and read behind its input. */
const SLACK_BYTES = 16;
/** By the numbers that it returns. */
const FAULTS = [
  "",
  "ends without a last sequence",
  "ends inside a length",
  "ends inside literals",
  "unpacks to more bytes than allowed",
  "ends inside a distance",
  "refers back before its start",
];

/** As much of it as is used here; its types come with those of browsers only. */
declare const WebAssembly:
  | undefined
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: UnpackerExports };
    };

interface UnpackerExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  unpack(from: number, end: number, to: number, base: number, limit: number): number;
}

/** undefined: not made yet; null: this process may not run WebAssembly. */
let unpacker: UnpackerExports | null | undefined;
/** The unpacker's memory as it is now, or where script unpacks. It grows to the largest block and what that may unpack to: 8 MiB at most, as a frame's blocks have at most 4 MiB. */
let memory: Buffer = Buffer.alloc(0);

/**
 * Unpacks the LZ4 block at `src[start..end]`, which refers to nothing before it. The result is valid until the next call. Throws `MalformedBytesError`, also where it
 * would be more than `bytesMax` bytes.
 */
export function unpackLz4Block(src: Buffer, start: number, end: number, bytesMax: number): Buffer {
  if (unpacker === undefined) unpacker = makeUnpacker();
  if (unpacker === null) {
    if (memory.length < bytesMax) memory = Buffer.allocUnsafeSlow(bytesMax);
    return memory.subarray(0, decompressLz4Block(src, start, end, memory, 0, bytesMax));
  }
  const to = end - start + SLACK_BYTES;
  const limit = to + bytesMax;
  if (memory.length < limit + SLACK_BYTES) {
    unpacker.memory.grow(Math.ceil((limit + SLACK_BYTES - memory.length) / PAGE_BYTES));
    memory = Buffer.from(unpacker.memory.buffer);
  }
  src.copy(memory, 0, start, end);
  const unpackedTo = unpacker.unpack(0, end - start, to, to, limit);
  if (unpackedTo < 0) throw malformed(FAULTS[-unpackedTo]!);
  return memory.subarray(to, unpackedTo);
}

/** Made at first use, which takes a millisecond or two. */
function makeUnpacker(): UnpackerExports | null {
  if (typeof WebAssembly === "undefined") return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(LZ4_UNPACKER_WASM, "base64")));
  memory = Buffer.from(exports.memory.buffer);
  return exports;
}
