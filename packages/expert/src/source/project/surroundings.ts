import type { Code } from "../code/code.ts";
import type { LinkedNames } from "../code/linked-names.ts";
import type { Receiver } from "../model/made-client.ts";
import type { Library } from "../model/library.ts";

/** What a file tells others of a project, in a word: that it commits, closes what is called so, … */
export type Fact =
  | "commits"
  | "begins"
  | "pauses"
  | "reports"
  | "topology"
  | "topologyTest"
  | "windows"
  | "tests"
  | `closes ${string}`
  | `store ${string}`;

/** What of other files a file's names stand for, clients too. */
export interface LinkedClients extends LinkedNames {
  /** The client that a name, or a member of something from another file, is. */
  receiver(path: string): Receiver | undefined;
  /** The client that another file makes here. */
  made(code: Code): Receiver | undefined;
}

/** A function of this file that another one hands to a consumer. */
export interface GivenHandler {
  readonly name: string;
  readonly library: Library;
  readonly form: "record" | "batch";
}

/** A file's place in its project, as far as rules ask. */
export interface Surroundings {
  /** Whether other files of the project take something from this one. */
  readonly hasUsers: boolean;
  /** Whether a file that takes from this one, or that it takes from, two steps far, has the fact. */
  readonly has: (fact: Fact) => boolean;
  /** The same of any file of the project; undefined when the project is not known. */
  readonly projectHas: ((fact: Fact) => boolean) | undefined;
  readonly names: LinkedClients | undefined;
  /** Whether a name is taken from a file of the project. */
  readonly isOwn: (name: string) => boolean;
  readonly handlers: readonly GivenHandler[];
  /** Libraries whose clients come from other files. */
  readonly libraries: readonly Library[];
}

/** A file by itself. */
export const ALONE: Surroundings = {
  hasUsers: false,
  has: () => false,
  projectHas: undefined,
  names: undefined,
  isOwn: () => false,
  handlers: [],
  libraries: [],
};
