import { defineTransform } from "../plugin/define.ts";
import { names } from "./requirements.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** Headers of these names go. */
export const dropHeaders = defineTransform({
  name: "DropHeaders",
  aliases: [`${JAVA_TRANSFORMS}DropHeaders`],
  version: TRANSFORMS_VERSION,
  doc: "Headers of these names go.",
  config: { headers: names().doc("The headers' names.") },
  open(config) {
    const dropped = new Set(config.headers);
    return { apply: (record) => ({ ...record, headers: record.headers.filter(({ key }) => !dropped.has(key)) }) };
  },
});
