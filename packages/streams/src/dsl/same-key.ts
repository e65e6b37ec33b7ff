import { noHeaders } from "../record.ts";
import type { AnySerde } from "../serdes/serde.ts";

/** Whether two keys are one: texts and numbers by themselves, objects by their bytes. */
export function sameKeyBy(serde: AnySerde | undefined): (a: unknown, b: unknown) => boolean {
  return (a, b) => {
    if (Object.is(a, b)) return true;
    if (serde === undefined || typeof a !== "object" || typeof b !== "object") return false;
    const bytes = (key: unknown) => serde.serialize("", key, noHeaders);
    return Buffer.compare(bytes(a), bytes(b)) === 0;
  };
}
