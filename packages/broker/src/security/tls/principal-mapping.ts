import { OttlaError } from "@ottla/base";

/** Makes a user name of a certificate's subject; undefined where no rule applies, and then the client is nobody. */
export type PrincipalMapping = (subject: string) => string | undefined;

type Rule = (subject: string) => string | undefined;

/** DEFAULT, or RULE:pattern/replacement/ with L or U behind it; a slash inside is written `\/`. */
const RULE = /\s*(?:(DEFAULT)|RULE:((?:\\.|[^\\/])*)\/((?:\\.|[^\\/])*)\/([LU]?))\s*(,|$)/y;

/**
 * Reads `ssl.principal.mapping.rules` as Kafka does: the first rule whose pattern is the whole subject counts. Throws `INVALID_CONFIG`.
 */
export function parsePrincipalMapping(text: string): PrincipalMapping {
  const rules: Rule[] = [];
  const trimmed = text.trim();
  RULE.lastIndex = 0;
  while (RULE.lastIndex < trimmed.length) {
    const at = RULE.lastIndex;
    const match = RULE.exec(trimmed);
    if (match === null) throw refuse(`"${trimmed.slice(at)}" is no rule`);
    const [, isDefault, pattern = "", replacement = "", letterCase = ""] = match;
    rules.push(isDefault === undefined ? ruleOf(pattern, replacement, letterCase) : (subject) => subject);
  }
  return (subject) => {
    for (const rule of rules) {
      const name = rule(subject);
      if (name !== undefined) return name;
    }
    return undefined;
  };
}

function ruleOf(pattern: string, replacement: string, letterCase: string): Rule {
  const whole = compiled(`^(?:${pattern})$`);
  const every = compiled(pattern, "g");
  return (subject) => {
    if (!whole.test(subject)) return undefined;
    const name = subject.replace(every, (...found) =>
      filled(
        replacement,
        found.slice(
          0,
          found.findIndex((part) => typeof part === "number"),
        ) as string[],
      ),
    );
    return letterCase === "L" ? name.toLowerCase() : letterCase === "U" ? name.toUpperCase() : name;
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
