import type { Confidence, Severity } from "../lint/finding.ts";
import type { Place } from "../source/code/code.ts";
import type { Program } from "../source/model/program.ts";
import type { Language } from "../source/syntax/language.ts";
import type { RuleFacts } from "./rule.ts";

/** What a rule met in a program. */
export interface SourceHit {
  readonly at: Place;
  /** What is wrong, in a sentence that names the parts. */
  readonly message: string;
  /** The line itself if nothing is said. Never a secret. */
  readonly evidence?: string;
  readonly fix?: string;
  readonly severity?: Severity;
  /** Where the program proves less, or more, than the rule says of itself. */
  readonly confidence?: Confidence;
}

/** A rule over programs, whatever language they are written in. */
export interface SourceRule extends RuleFacts {
  readonly check: (program: Program) => readonly SourceHit[];
  /** What to write instead, by language. */
  readonly instead?: Partial<Readonly<Record<Language, string>>>;
  /** Programs that make it speak, and programs just short of that. */
  readonly examples: readonly SourceExample[];
}

/** A program in small, and how many hits it must have. */
interface SourceExample {
  readonly language: Language;
  readonly code: string;
  readonly hits: number;
  /** The file's name, where that matters. */
  readonly path?: string;
  /** Other files of the same project; hits count wherever they are. */
  readonly beside?: Readonly<Record<string, string>>;
}
