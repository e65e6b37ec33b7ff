import { bool, type ConfigValues, int, list, long, oneOf, str } from "../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the folder sources, by the names that people's files have; those of our own begin with `ottla.`. */
export const spooldirConfig = {
  topic: str().with(high).doc("The topic to write to."),
  "input.path": str()
    .with(high)
    .doc("The folder whose files are read. A file is complete when it comes under its name: write it under another name and rename it."),
  "input.file.pattern": str().with(high).doc("A regular expression of whole names."),
  "finished.path": str()
    .default("")
    .with(high)
    .doc("Where files go that were read and whose records are durable; needed with cleanup.policy=MOVE."),
  "error.path": str().default("").with(high).doc("Where files go that cannot be read; needed with halt.on.error=false."),
  "cleanup.policy": oneOf("MOVE", "DELETE").default("MOVE").doc("What becomes of files whose records are durable."),
  "halt.on.error": bool()
    .default(true)
    .with(high)
    .doc("Whether the task fails at a file that cannot be read; false: the file goes to error.path, behind what was read of it."),
  "file.minimum.age.ms": long().default(0).range(0).doc("A file is read when it was not changed for so long."),
  "empty.poll.wait.ms": long().default(500).range(1).with(low).doc("The pause where there is nothing."),
  "batch.size": int().default(1000).range(1).with(low).doc("The most records that are handed on at once."),
  "csv.first.row.as.header": bool()
    .default(true)
    .doc("Whether the first row has the names of fields; else they are column01 and so on, or those of ottla.csv.types in order."),
  "csv.separator.char": int().default(44).range(1, 127).with(low).doc("The byte between fields."),
  "csv.quote.char": int()
    .default(34)
    .range(1, 127)
    .with(low)
    .doc("The byte around fields that have separators, quotes or ends of lines in them."),
  "csv.null.field.indicator": oneOf("NEITHER", "EMPTY_SEPARATORS", "EMPTY_QUOTES", "BOTH")
    .default("NEITHER")
    .with(low)
    .doc("Which empty texts are null. A field of another type than string that is empty is null in any case."),
  "ottla.csv.types": list()
    .default([])
    .doc(
      "Types of fields, name:type: int8 to int64, float, double, boolean, string, decimal(SCALE), date, timestamp. Fields that are not named are strings.",
    ),
  "ottla.record.max.bytes": int()
    .default(1_000_000)
    .range(1)
    .with(low)
    .doc("A longer row, line or file (of the source of whole files) is refused."),
};

/** The settings, typed. */
export type SpooldirSettings = ConfigValues<typeof spooldirConfig>;
