import { OttlaError } from "@ottla/base";
import { type LinearRewriting, linearRewriting } from "../linear-pattern.ts";

/** Makes a user name of a certificate's subject; undefined where no rule applies, and then the client is nobody. */
export type PrincipalMapping = (subject: string) => string | undefined;

type Rule = (subject: string) => string | undefined;

/** DEFAULT, or RULE:pattern/replacement/ with L or U behind it; a slash inside is written `\/`. */
const RULE = /\s*(?:(DEFAULT)|RULE:((?:\\.|[^\\/])*)\/((?:\\.|[^\\/])*)\/([LU]?))\s*(,|$)/y;

/** Node's own expressions can be made to hang by what a certificate says; nobody's subject is as long. */
const OWN_SUBJECT_LENGTH_MAX = 1024;

/**
 * Reads `ssl.principal.mapping.rules` as Kafka does: the first rule whose pattern is the whole subject counts. Matching takes time linear in the subject, but for patterns that RE2 does
 * not know (looking around, referring back). Throws `INVALID_CONFIG`.
 */
export async function parsePrincipalMapping(text: string): Promise<PrincipalMapping> {
  const rules: Rule[] = [];
  const trimmed = text.trim();
  RULE.lastIndex = 0;
  while (RULE.lastIndex < trimmed.length) {
    const at = RULE.lastIndex;
    const match = RULE.exec(trimmed);
    if (match === null) throw refuse(`"${trimmed.slice(at)}" is no rule`);
    const [, isDefault, pattern = "", replacement = "", letterCase = ""] = match;
    rules.push(isDefault === undefined ? await ruleOf(pattern, replacement, letterCase) : (subject) => subject);
  }
  return (subject) => {
    for (const rule of rules) {
      const name = rule(subject);
      if (name !== undefined) return name;
    }
    return undefined;
  };
}

async function ruleOf(pattern: string, replacement: string, letterCase: string): Promise<Rule> {
  // What is no expression at all is refused for that.
  const own = ownRewriting(pattern);
  const { matches, replaceEach } = (await linearRewriting(pattern)) ?? own;
  return (subject) => {
    if (!matches(subject)) return undefined;
    const name = replaceEach(subject, (groups) => filled(replacement, groups));
    return letterCase === "L" ? name.toLowerCase() : letterCase === "U" ? name.toUpperCase() : name;
  };
}

function ownRewriting(pattern: string): LinearRewriting {
  const whole = compiled(`^(?:${pattern})$`);
  const every = compiled(pattern, "g");
  return {
    matches: (text) => text.length <= OWN_SUBJECT_LENGTH_MAX && whole.test(text),
    replaceEach: (text, replacement) => {
      const groupsOf = (found: readonly unknown[]) =>
        found.slice(
          0,
          found.findIndex((part) => typeof part === "number"),
        ) as string[];
      return text.replace(every, (...found) => replacement(groupsOf(found)));
    },
  };
}

/** `$1` stands for a group where there is one; a backslash takes the next sign as it is. */
function filled(replacement: string, groups: readonly (string | undefined)[]): string {
  return replacement.replace(/\\(.)|\$(\d+)/g, (text, literal?: string, number?: string) => {
    if (literal !== undefined) return literal;
    return Number(number) < groups.length ? (groups[Number(number)] ?? "") : text;
  });
}

function compiled(pattern: string, flags = ""): RegExp {
  try {
    return new RegExp(pattern, `s${flags}`);
  } catch {
    throw refuse(`"${pattern}" is no regular expression`);
  }
}

function refuse(what: string): OttlaError {
  return new OttlaError(
    "INVALID_CONFIG",
    `ssl.principal.mapping.rules cannot be read: ${what}. Write DEFAULT, or RULE:pattern/replacement/ with L or U behind it.`,
  );
}
