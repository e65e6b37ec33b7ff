import { defineTransform } from "../plugin/define.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** The record goes no further: with a predicate, those that it is true of. */
export const filter = defineTransform({
  name: "Filter",
  aliases: [`${JAVA_TRANSFORMS}Filter`],
  version: TRANSFORMS_VERSION,
  doc: "The record goes no further: with a predicate, those that it is true of.",
  config: {},
  open: () => ({ apply: () => undefined }),
});
