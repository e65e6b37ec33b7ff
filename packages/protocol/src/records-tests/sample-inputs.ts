import fc from "fast-check";

/** Bytes to pack: noise, words that repeat near and far, runs, and mixtures, up to `bytesMax`. */
export function sampleInputs(bytesMax: number): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const words = fc
    .array(fc.constantFrom("airport", "delay", "{", "}", ":", "0", "1", "42"), { maxLength: 300, size: "max" })
    .map((list) => Buffer.from(list.join("")));
  const run = fc.tuple(fc.nat(255), fc.nat(20000)).map(([byte, length]) => Buffer.alloc(length, byte));
  return fc.array(fc.oneof(noise, words, run), { maxLength: 30, size: "max" }).map((parts) => Buffer.concat(parts).subarray(0, bytesMax));
}
