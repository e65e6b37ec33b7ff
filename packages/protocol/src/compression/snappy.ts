import { OttlaError } from "@ottla/base";
import type { Codec } from "./codec.ts";

/** Under way. */
export const snappy: Codec = {
  compress: () => {
    throw new OttlaError("NOT_BUILT", "snappy is not built yet.");
  },
  decompress: () => {
    throw new OttlaError("NOT_BUILT", "snappy is not built yet.");
  },
};
