import type { ChangeKind, ChangeOf, ClusterChange } from "./cluster-change.ts";
import type { KafkaTools } from "./command-line.ts";
import type { ObservedOf } from "./observed.ts";

/** `high`: something may be lost, or somebody may be refused or let in; it asks for the name of what it is about. */
export type RiskClass = "low" | "high";

/** How dangerous a change is, and why; a low one may have something to be known as well. */
export interface Risk {
  readonly class: RiskClass;
  readonly why?: string;
}

/** What is known of a kind of change. All of it is pure: `collect/apply` looks and carries out. */
export interface ChangeRules<Change extends ClusterChange, Seen> {
  /** What the change is about, as a consent names it: `orders`, `group billing` is `billing`. */
  readonly subject: (change: Change) => string;
  /** What it does, in a sentence. */
  readonly sentence: (change: Change) => string;
  /** Without a look at what is there, the worst is assumed. */
  readonly risk: (change: Change, before: Seen | undefined) => Risk;
  /** Lines for a POSIX shell with Kafka's own tools; undefined where they have none. */
  readonly kafka: (change: Change, tools: KafkaTools) => readonly string[] | undefined;
  /** Arguments of `ottla` that do the same, a command each; undefined where only a plan does it. */
  readonly ottla: (change: Change) => readonly (readonly string[])[] | undefined;
  /** What takes it back, from what was seen before; empty where nothing was changed, undefined where there is no way back. */
  readonly inverse: (change: Change, before: Seen) => readonly ClusterChange[] | undefined;
  /** Whether what is seen is what the change asks for. */
  readonly isDone: (change: Change, now: Seen) => boolean;
  /** What is waited for, as the end of "Done when". */
  readonly doneWhen: (change: Change) => string;
  /** Whether the change still fits what is seen now; the same in every part unless said here. */
  readonly fits?: (before: Seen, now: Seen) => boolean;
  /** What forbids it now, in a sentence that says what to do first. */
  readonly obstacle?: (change: Change, now: Seen) => string | undefined;
  /** It may be found half made after an interruption, and is made whole by doing it again. */
  readonly inParts?: true;
}

/** The rules of every kind. */
export type RulesTable = { readonly [Kind in ChangeKind]: ChangeRules<ChangeOf<Kind>, ObservedOf[Kind]> };
