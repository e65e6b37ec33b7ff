import { createRequire } from "node:module";
import type zlib from "node:zlib";

/** What is taken of the `snappy` package: raw blocks. */
export interface NativeSnappy {
  compressSync(input: Uint8Array, options: { readonly copyOutputData: boolean }): Buffer;
  uncompressSync(input: Uint8Array, options: { readonly copyOutputData: boolean }): Buffer;
  uncompress(input: Uint8Array, options: { readonly copyOutputData: boolean }): Promise<Buffer>;
}

/** undefined: not tried yet; null: no binary for this platform, so script does the work. */
let snappy: NativeSnappy | null | undefined;

/** Loaded at first use: a broker that meets no such batch never pays for it. */
export function nativeSnappy(): NativeSnappy | null {
  return (snappy ??= load("snappy") as NativeSnappy | null);
}

/** Not imported at the top: loading it would cost every start some milliseconds. */
export function nodeZlib(): typeof zlib {
  return process.getBuiltinModule("node:zlib");
}

function load(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch {
    // No binary for this platform: the script gives the same data, only slower.
    return null;
  }
}
