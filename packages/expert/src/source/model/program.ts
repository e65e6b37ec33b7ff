import type { SettingsDocument } from "../../lint/document.ts";
import type { CallCode, Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import type { SourceCode } from "../code/source-code.ts";
import type { ClientRole, Library, Verb } from "./library.ts";
import type { GatheredSettings } from "./settings-of.ts";

/** A client as a file makes it. */
export interface MadeClient {
  readonly library: Library;
  readonly role: ClientRole;
  /** Where it is made. */
  readonly made: Code;
  /** What it is called in the file. */
  readonly name: string | undefined;
  readonly settings: GatheredSettings;
  /** For a producer or consumer that a client gives: that client. */
  readonly from: MadeClient | undefined;
}

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
  readonly code: SourceCode;
  readonly constants: Constants;
  readonly libraries: readonly Library[];
  readonly clients: readonly MadeClient[];
  readonly calls: readonly ClientCall[];
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
