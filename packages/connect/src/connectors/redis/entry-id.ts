/** Which entry of a stream came first: below 0, 0, above 0. */
export function compareIds(a: string, b: string): number {
  const [aMs = "", aNumber = "0"] = a.split("-");
  const [bMs = "", bNumber = "0"] = b.split("-");
  return compareWhole(aMs, bMs) || compareWhole(aNumber, bNumber);
}

/** Whole numbers of 64 bits as texts. */
function compareWhole(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const LAST_MS = 253_402_300_799_999;

/** The time in an id that Redis gave itself; none where it cannot be one. */
export function timestampOfId(id: string): { readonly timestampMs?: number } {
  const timestampMs = Number(id.split("-")[0]);
  return timestampMs >= 0 && timestampMs <= LAST_MS ? { timestampMs } : {};
}
