import { OttlaError } from "@ottla/base";
import type { Codec } from "./codec.ts";

/** Under way. */
export const lz4: Codec = {
  compress: () => {
    throw new OttlaError("NOT_BUILT", "lz4 is not built yet.");
  },
  decompress: () => {
    throw new OttlaError("NOT_BUILT", "lz4 is not built yet.");
  },
};
