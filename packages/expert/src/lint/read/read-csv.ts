import { type CsvError, parse } from "csv-parse/sync";
import { type AclKey, aclDocument } from "../acl-entries.ts";
import type { Entry } from "../document.ts";
import { topicDocument } from "../topic-entries.ts";
import { lineComments } from "./line-comments.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** A row with the line on which it ends. */
interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Columns of a list of rules, by their names in small letters without separators. */
const ACL_COLUMNS: Readonly<Record<string, AclKey>> = {
  principal: "principal",
  user: "principal",
  resourcetype: "resource-type",
  patterntype: "pattern-type",
  resourcepatterntype: "pattern-type",
  resourcename: "resource-name",
  resource: "resource-name",
  operation: "operation",
  permissiontype: "permission",
  permission: "permission",
  host: "host",
};

const NAME = /^(topic|name|topicname)$/;
const PARTITIONS = /^(partitions|partitioncount|numpartitions)$/;
const FACTOR = /^(replicationfactor|replication|replicas|rf)$/;

/** Reads a table with a head that names its columns: rules of who may do what as consoles give them out, or topics. */
export function readCsvFile({ path, text }: SourceFile): ReadFile {
  // A comment may stand before the head.
  const head = text.split("\n", 20).find((line) => line.trim() !== "" && !line.trimStart().startsWith("#")) ?? "";
  const small = head.toLowerCase().replaceAll(/[ _"-]/g, "");
  const isAcl = small.includes("principal") && small.includes("operation");
  const isTopics =
    /(^|[,;\t])(topic|name|topicname)([,;\t\r]|$)/.test(small) && /partition|replication/.test(small) && !/offset|leader/.test(small);
  if (!isAcl && !isTopics) return NOTHING;
  let rows: readonly Row[];
  try {
    // The parser takes a line's end of two letters for two lines beside comments.
    rows = parse(text.replaceAll("\r\n", "\n"), {
      bom: true,
      comment: "#",
      comment_no_infix: true,
      delimiter: [",", ";", "\t"].toSorted((a, b) => head.split(b).length - head.split(a).length)[0]!,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly Row[];
  } catch (error) {
    return unreadable(path, `It is no table that can be read: ${(error as CsvError).message.split(", value is")[0]!.slice(0, 200)}`);
  }
  const [names, ...others] = rows;
  if (!names) return NOTHING;
  const columns = names.record.map((name) => ({ name, word: name.toLowerCase().replaceAll(/[ _-]/g, "") }));
  const documents = others.flatMap(({ record, info: { lines } }): readonly FoundDocument[] => {
    const cells = columns.flatMap(({ name, word }, i) =>
      record[i] === undefined || record[i] === "" ? [] : [{ name, word, value: record[i] }],
    );
    return isAcl ? ruleOf(path, lines, cells) : topicOf(path, lines, cells);
  });
  return documents.length === 0 ? NOTHING : { ...NOTHING, documents, comments: lineComments(text) };
}

interface Cell {
  readonly name: string;
  readonly word: string;
  readonly value: string;
}

function ruleOf(file: string, line: number, cells: readonly Cell[]): readonly FoundDocument[] {
  const words = Object.fromEntries(
    cells.flatMap(({ word, value }) => (Object.hasOwn(ACL_COLUMNS, word) ? [[ACL_COLUMNS[word]!, value]] : [])),
  ) as Partial<Record<AclKey, string>>;
  if (words.principal === undefined || words.operation === undefined) return [];
  return [{ document: aclDocument(file, line, { permission: "allow", "pattern-type": "literal", host: "*", ...words }) }];
}

/** Columns with a dot in their names are settings. */
function topicOf(file: string, line: number, cells: readonly Cell[]): readonly FoundDocument[] {
  const cell = (name: RegExp): Cell | undefined => cells.find(({ word }) => name.test(word));
  const name = cell(NAME)?.value;
  if (name === undefined) return [];
  const settings = cells.flatMap((each): Entry[] => (each.name.includes(".") ? [{ key: each.name, value: each.value, line }] : []));
  const place = (found: Cell | undefined) => found && { value: found.value, line, spelling: found.name };
  return [
    {
      document: topicDocument({ file, name, line, partitions: place(cell(PARTITIONS)), replicationFactor: place(cell(FACTOR)), settings }),
    },
  ];
}
