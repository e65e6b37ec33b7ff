import { nodeDisk } from "@ottla/base/node";
import { bool, str } from "../../plugin/config-shape.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin } from "../../plugin/sink-plugin.ts";

const config = {
  file: str().with({ importance: "high" }).doc("The file that lines are added to; it is made where it is not there."),
  "file.sync": bool()
    .default(false)
    .with({ importance: "low" })
    .doc("Whether a flush waits until the lines are on the disk, so that they survive a power loss."),
};

/** Values as lines of a file: strings as they are, other values as JSON. */
export const fileSink: SinkPlugin<typeof config> = defineSink({
  name: "file-sink",
  aliases: ["org.apache.kafka.connect.file.FileStreamSinkConnector"],
  version: "1.0.0",
  doc: "Writes values to a file, each a line.",
  config,
  preview: async ({ file }) => {
    return ({ value }) => `a line of ${file}: ${lineOf(value)}`;
  },
  async open({ file, "file.sync": syncs }) {
    const opened = nodeDisk.open(file);
    return {
      async write(records) {
        const sizeBytes = opened.sizeBytes;
        try {
          opened.append([Buffer.from(records.map(({ value }) => `${lineOf(value)}\n`).join(""))]);
        } catch (error) {
          opened.truncate(sizeBytes);
          throw error;
        }
      },
      async flush() {
        if (syncs) await opened.sync();
      },
      async close() {
        opened.close();
      },
    };
  },
});

function lineOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return (
    JSON.stringify(value, (_name, each: unknown) => {
      if (typeof each === "bigint") return each.toString();
      return each instanceof Map ? Object.fromEntries(each) : each;
    }) ?? "null"
  );
}
