import { parseSubjectName, writeSubjectName } from "../subjects/subject-name.ts";

/** Each includes those before it. `read`: look and compare; `write`: register, tag, delete softly; `admin`: settings, and deletions for ever. */
export const registryActions = ["read", "write", "admin"] as const;

/** One of {@link registryActions}. */
export type RegistryAction = (typeof registryActions)[number];

/** What may be done with some subjects. */
export interface AccessRule {
  readonly allow: RegistryAction;
  /** Beginnings of names, with their context where it is not the default one (`:.team:`); `*` for everything, and for what holds for all subjects. */
  readonly subjects: readonly string[];
}

/** What somebody may do. */
export class Access {
  readonly #rules: readonly AccessRule[];

  constructor(rules: readonly AccessRule[]) {
    this.#rules = rules;
  }

  /** @param subject null for what holds for all */
  may(action: RegistryAction, subject: string | null): boolean {
    const name = subject === null ? undefined : writeSubjectName(parseSubjectName(subject));
    return this.#rules.some(({ allow, subjects }) => includes(allow, action) && subjects.some((prefix) => reaches(prefix, name)));
  }
}

/** Where nobody logs in everything is allowed. */
export const EVERYTHING = new Access([{ allow: "admin", subjects: ["*"] }]);

function includes(allowed: RegistryAction, action: RegistryAction): boolean {
  return registryActions.indexOf(allowed) >= registryActions.indexOf(action);
}

function reaches(prefix: string, name: string | undefined): boolean {
  if (prefix === "*") return true;
  if (name === undefined) return false;
  const [sought, found] = [parseSubjectName(prefix), parseSubjectName(name)];
  return sought.context === found.context && found.subject.startsWith(sought.subject);
}
