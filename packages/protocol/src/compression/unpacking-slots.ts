/** Batches that are unpacked piece by piece at once in this process. zlib works in the four threads that files are read by, too: they must not all be taken. */
const SLOTS = 2;

let free = SLOTS;
const waiting: (() => void)[] = [];

/** Resolves when it is one's turn to unpack piece by piece, in the order of asking. Whoever took a slot gives it back. */
export function takeUnpackingSlot(): Promise<void> | undefined {
  if (free > 0) {
    free--;
    return undefined;
  }
  return new Promise((resolve) => waiting.push(resolve));
}

export function giveUnpackingSlot(): void {
  const next = waiting.shift();
  if (next === undefined) free++;
  else next();
}
