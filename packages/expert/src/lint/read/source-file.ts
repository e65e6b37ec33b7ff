import type { KafkaVersion } from "../../catalogue/settings-catalogue.ts";
import type { AvroSchema } from "../avro-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import type { ProtoSchema } from "../proto-schema.ts";
import type { SettingsDocument } from "../document.ts";
import type { Program } from "../../source/model/program.ts";
import { type TopicSend, topicSends } from "../../source/model/sent-records.ts";
import type { SourceNote } from "../../source/project/source-note.ts";
import type { NotChecked } from "../finding.ts";
import type { TopologyText } from "../topology.ts";
import type { KafkaCommand } from "../kafka-command.ts";

/** A file's text, by the path that findings name. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A document, and what else the file says of it. */
export interface FoundDocument {
  readonly document: SettingsDocument;
  /** The version that the file itself names, as by an image's tag. */
  readonly version?: KafkaVersion;
}

/** What was found in a file: one list for each kind of thing that rules judge. */
export interface ReadFile {
  readonly documents: readonly FoundDocument[];
  readonly avro: readonly AvroSchema[];
  readonly proto: readonly ProtoSchema[];
  readonly jsonSchemas: readonly JsonSchema[];
  readonly commands: readonly KafkaCommand[];
  /** Sources that talk to Kafka. */
  readonly programs: readonly Program[];
  /** Topics that sources write to; only once they are let go, for rules over several files. */
  readonly sends: readonly TopicSend[];
  /** Topologies of Streams as they describe themselves. */
  readonly topologies: readonly TopologyText[];
  /** What sources tell each other; of sources that name Kafka, whether or not they hold something to judge. */
  readonly notes: readonly SourceNote[];
  /** What a source's imports may name files by. */
  readonly importedStems: readonly string[];
  /** Comments by line, for suppressions. */
  readonly comments: ReadonlyMap<number, string>;
  readonly notChecked: readonly NotChecked[];
}

/** Reads files of one form. What takes a parser that has to be loaded first gives a promise. */
export type Reader = (file: SourceFile) => ReadFile | Promise<ReadFile>;

/** A file in which there is nothing to look at. */
export const NOTHING: ReadFile = {
  documents: [],
  avro: [],
  proto: [],
  jsonSchemas: [],
  commands: [],
  programs: [],
  sends: [],
  topologies: [],
  notes: [],
  importedStems: [],
  comments: new Map(),
  notChecked: [],
};

/** A file that could not be read as what it seems to be. */
export function unreadable(path: string, reason: string): ReadFile {
  return { ...NOTHING, notChecked: [{ subject: path, reason }] };
}

/** How many things there are in it to judge. */
export function countOf({ documents, avro, proto, jsonSchemas, commands, programs, topologies }: ReadFile): number {
  return [documents, avro, proto, jsonSchemas, commands, programs, topologies].reduce((sum, { length }) => sum + length, 0);
}

/** What rules over several files look at: the settings, those in sources too. */
export function settingsOnly(read: ReadFile): ReadFile {
  // Examples in documents are nobody's programs, and contradict nobody.
  const inSources = read.programs.flatMap(({ documents, isBlock }) =>
    (isBlock ? [] : documents).map(({ document }) => ({ document: { ...document, isPartial: true } })),
  );
  return {
    ...NOTHING,
    documents: [...read.documents, ...inSources],
    topologies: read.topologies,
    sends: read.programs.flatMap(topicSends),
    avro: read.avro,
    comments: read.comments,
  };
}
