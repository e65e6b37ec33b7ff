import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../seams/random.ts";

/** The system's cryptographically strong random numbers. */
export const systemRandom: Random = {
  nextInt: (bound) => randomInt(bound),
  bytes: (byteLength) => randomBytes(byteLength),
};
