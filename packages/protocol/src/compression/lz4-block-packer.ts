import { LZ4_PACKER_WASM } from "../generated/lz4-packer.ts";

/** Uncompressed bytes of a block at most: what fits before the output, and what a place in the table can tell. */
export const PACKED_AT_ONCE_MAX = 65536;

/** Where `lz4-packer.wat` reads and writes. */
const INPUT_AT = 16384;
const OUTPUT_AT = 98304;

/** As much of it as is used here; its types come with those of browsers only. */
declare const WebAssembly:
  | undefined
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (
        module: object,
      ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; pack(bytes: number): number } };
    };

interface Packer {
  readonly memory: Buffer;
  pack(bytes: number): number;
}

/** undefined: not made yet; null: this process may not run WebAssembly. */
let packer: Packer | null | undefined;

/**
 * Packs `block`, at most {@link PACKED_AT_ONCE_MAX} bytes, as one LZ4 block into `frame` from `at` on and returns how many bytes that took: fewer than the block has, or 0 and nothing
 * written, where it does not pack or there is no WebAssembly. A frame takes a block as it is, too. Twice as fast as native code behind Node's interface for it
 * (figures in docs/adr/0002-dependencies.md), and the same bytes on every platform.
 */
export function putLz4Block(block: Buffer, frame: Buffer, at: number): number {
  if (packer === undefined) packer = makePacker();
  if (packer === null) return 0;
  packer.memory.set(block, INPUT_AT);
  const bytes = packer.pack(block.length);
  return bytes < block.length ? packer.memory.copy(frame, at, OUTPUT_AT, OUTPUT_AT + bytes) : 0;
}

/** Made at first use, which takes a millisecond or two. */
function makePacker(): Packer | null {
  if (typeof WebAssembly === "undefined") return null;
  const { memory, pack } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(LZ4_PACKER_WASM, "base64"))).exports;
  return { memory: Buffer.from(memory.buffer), pack };
}
