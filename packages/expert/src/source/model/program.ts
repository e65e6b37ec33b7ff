import type { SettingsDocument } from "../../lint/document.ts";
import type { CallCode, Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import type { SourceCode } from "../code/source-code.ts";
import type { SourceNote } from "../project/source-note.ts";
import type { Surroundings } from "../project/surroundings.ts";
import type { MadeClient, Receiver } from "./made-client.ts";
import type { ClientRole, Library, Verb } from "./library.ts";

/** A call of a client. */
export interface ClientCall {
  readonly library: Library;
  readonly role: ClientRole;
  readonly verb: Verb;
  readonly call: CallCode;
  /** What the client is called: `consumer` of `this.consumer.poll()`. */
  readonly receiver: string;
  readonly client: MadeClient | undefined;
  /** Whether the file itself says what the receiver is: it makes it, or declares its type. */
  readonly isProven: boolean;
}

/** Code that runs once for each record. */
export interface RecordScope {
  readonly code: Code;
  readonly form: "loop" | "handler";
  /** What the record, or its parts, are called. */
  readonly names: readonly string[];
  readonly library: Library;
  /** Where records come from. */
  readonly source: ClientCall | undefined;
}

/** A file that talks to Kafka, as rules look at it. */
export interface Program {
  readonly path: string;
  /** A block of code in a document: what it lacks may stand elsewhere, or go without saying. */
  readonly isBlock?: true;
  readonly code: SourceCode;
  readonly constants: Constants;
  readonly libraries: readonly Library[];
  readonly clients: readonly MadeClient[];
  /** Names that the file gives to clients. */
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly calls: readonly ClientCall[];
  readonly around: Surroundings;
  /** Functions of other files that it hands to a consumer. */
  readonly handed: SourceNote["handed"];
  readonly recordScopes: readonly RecordScope[];
  /** Loops in which a consumer is polled. */
  readonly pollLoops: readonly Code[];
  /** What the clients are given, for the rules over settings. */
  readonly documents: readonly ProgramDocument[];
  /** The text of a line, from 1, trimmed. */
  readonly lineText: (line: number) => string;
  /** Whether the text is that of a test. */
  readonly isTest: boolean;
}

/** Settings of one client, and which rules can be believed about them. */
export interface ProgramDocument {
  readonly document: SettingsDocument;
  readonly library: Library;
  readonly isOpen: boolean;
  /** Keys that the file does not give: what the library takes by itself. */
  readonly assumed: ReadonlySet<string>;
}
