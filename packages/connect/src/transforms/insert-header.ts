import { parseValue } from "../data/parse-value.ts";
import { str } from "../plugin/config-shape.ts";
import { defineTransform } from "../plugin/define.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** One more header, the same for every record. */
export const insertHeader = defineTransform({
  name: "InsertHeader",
  aliases: [`${JAVA_TRANSFORMS}InsertHeader`],
  version: TRANSFORMS_VERSION,
  doc: "One more header, the same for every record.",
  config: {
    header: str().doc("The header's name."),
    "value.literal": str().doc("Its value; the type is what it looks like."),
  },
  open(config) {
    const header = { key: config.header, ...parseValue(config["value.literal"]) };
    return { apply: (record) => ({ ...record, headers: [...record.headers, header] }) };
  },
});
