/** What a serde wrote. Throws where that is no bytes (`TypeError`): a text has a length, too, and would be written as something else. */
export function writtenBytes(given: Uint8Array): Uint8Array {
  if (given instanceof Uint8Array) return given;
  throw new TypeError(`it gave ${given === null ? "null" : typeof given}, and what a serde writes is a Uint8Array.`);
}
