import { canLend, LentMemory } from "./lent-bytes.ts";
import { exactly } from "./refuse.ts";
import type { Serde } from "./serde.ts";

/** A serde all of whose values have as many bytes: lists leave their lengths out. */
export interface FixedSizeSerde<T> extends Serde<T> {
  readonly sizeBytes: number;
}

export function fixedSize<T>(
  name: string,
  sizeBytes: number,
  write: (value: T, into: Buffer) => void,
  read: (bytes: Buffer) => T,
): FixedSizeSerde<T> {
  const serde: FixedSizeSerde<T> = {
    name,
    sizeBytes,
    serialize(_topic, value) {
      const into = Buffer.allocUnsafe(sizeBytes);
      write(value, into);
      return into;
    },
    deserialize(_topic, bytes) {
      exactly(bytes, sizeBytes);
      return read(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  };
  canLend(serde, () => {
    const into = new LentMemory().first(sizeBytes);
    return {
      ...serde,
      serialize(_topic, value) {
        write(value, into);
        return into;
      },
    };
  });
  return serde;
}
