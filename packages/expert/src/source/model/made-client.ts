import type { Code } from "../code/code.ts";
import type { ClientRole, Library } from "./library.ts";
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

/** What a name that calls are made on is. */
export interface Receiver {
  readonly library: Library;
  readonly role: ClientRole;
  readonly client: MadeClient | undefined;
  /** Whether a file itself says what it is: it makes it, or declares its type. */
  readonly isProven: boolean;
}
