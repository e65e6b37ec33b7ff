import { copyInto } from "../../serdes/copy-into.ts";
import { copiedBytes } from "../bytes/owned-bytes.ts";

/** As large as they may be without that one value which outlives all others of its slab keeps much. */
const SLAB_BYTES = 16 * 1024;
/** Larger values have memory of their own. */
const PACKED_BYTES_MAX = 1024;

/** Memory for small values that come and go in about the same order: one piece for many, as a piece for each costs hundreds of bytes beside its own. A slab goes with the last of its values. */
export class ValueSlabs {
  #slab: Uint8Array = nothing;
  #end = 0;

  /** Where the next {@link add} puts a value of that length. */
  get slab(): Uint8Array {
    return this.#slab;
  }

  /** Copies a value; returns where it begins in {@link slab}. */
  add(value: Uint8Array): number {
    if (value.length > PACKED_BYTES_MAX) {
      this.#slab = copiedBytes(value);
      this.#end = value.length;
      return 0;
    }
    if (this.#end + value.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#end = 0;
    }
    const at = this.#end;
    copyInto(this.#slab, at, value);
    this.#end = at + value.length;
    return at;
  }

  /** What is held goes as its values go. */
  clear(): void {
    this.#slab = nothing;
    this.#end = 0;
  }
}

const nothing = new Uint8Array();
