import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../seams/random.ts";

/** Chance from the operating system. */
export const systemRandom: Random = {
  nextInt: (bound) => randomInt(bound),
  bytes: (byteLength) => randomBytes(byteLength),
};
