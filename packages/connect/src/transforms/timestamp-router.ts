import { DataError } from "../data/data-error.ts";
import { str } from "../plugin/config-shape.ts";
import { defineTransform } from "../plugin/define.ts";
import { formatDate } from "./date-format/format-date.ts";
import { datePattern } from "./date-format/date-pattern.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** The topic with the record's time in its name. */
export const timestampRouter = defineTransform({
  name: "TimestampRouter",
  aliases: [`${JAVA_TRANSFORMS}TimestampRouter`],
  version: TRANSFORMS_VERSION,
  doc: "The topic with the record's time in its name, in UTC.",
  config: {
    "topic.format": str().default("${topic}-${timestamp}").doc("The topic then: ${topic} is the record's, ${timestamp} its time."),
    "timestamp.format": str().default("yyyyMMdd").doc("How the time is written, by Java's SimpleDateFormat."),
  },
  open(config) {
    const pattern = datePattern("timestamp.format", config["timestamp.format"]);
    const format = config["topic.format"];
    let last: { readonly from: string; readonly text: string; readonly topic: string } | undefined;
    return {
      apply(record) {
        const { timestampMs, topic: from } = record;
        if (timestampMs === undefined) throw new DataError("the record has no timestamp");
        const text = formatDate(pattern, new Date(timestampMs));
        // Records of a day go where the one before went.
        if (last?.from !== from || last.text !== text)
          last = { from, text, topic: format.replaceAll("${topic}", () => from).replaceAll("${timestamp}", () => text) };
        return { ...record, topic: last.topic };
      },
    };
  },
});
