import type { Entry } from "../document.ts";
import type { FoundDocument } from "./source-file.ts";

/** How a statement of a document is called among settings. */
export const STATEMENT = "statement";
/** Set where a document is about a client that is not Apache Kafka's: what it does by itself may be another thing. */
export const OTHER_CLIENT = "client";

const OTHER_CLIENTS = /kafkajs|librdkafka|sarama|kafka-go|kafka-python|franz-go|node-rdkafka/i;

const LINES_MAX = 20_000;
const LINE_MAX = 1000;
const STATEMENTS_MAX = 1000;
/** What the rules over statements speak of; other lines are not kept. */
const TELLING = /rebalanc|partition|ksql|round[ -]?robin|(?:→|->|=>|\bto\b)\s*<?\s*\d/i;

/** The lines of a document on Kafka that state something rules know of; what stands between fences is no statement. */
export function statementsOf(path: string, text: string): readonly FoundDocument[] {
  if (!/kafka/i.test(text)) return [];
  const entries: Entry[] = [];
  let fence: string | undefined;
  for (const [i, line] of text.split(/\r?\n/, LINES_MAX).entries()) {
    const [, mark] = /^[\s>]{0,100}(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark !== undefined) fence = fence === undefined ? mark : line.trim().startsWith(fence) ? undefined : fence;
    else if (fence === undefined && line.length <= LINE_MAX && TELLING.test(line) && entries.length < STATEMENTS_MAX)
      entries.push({
        key: STATEMENT,
        value: line
          .replace(/[*_`|]+/g, " ")
          .replace(/\s+/g, " ")
          .trim(),
        line: i + 1,
      });
  }
  const other = OTHER_CLIENTS.exec(text)?.[0];
  return entries.map((entry) => ({
    document: {
      file: path,
      part: "statement",
      kind: "statement",
      entries: other === undefined ? [entry] : [entry, { key: OTHER_CLIENT, value: other, line: entry.line }],
    },
  }));
}
