import type { Finding } from "./finding.ts";

/** Names whose values nobody should read over a shoulder or in a log; the name ends so, as an address or a lifetime of a token does not. */
const NAME =
  "(?:pass(?:word|wd|phrase)|secret|token|credentials?|api[._-]?key|access[._-]?key|private[._-]?key|keystore[._-]key|jaas[._-]config|user[._-]info)";

/** What stands there is none: it is filled in elsewhere, or a number or truth. */
const NO_SECRET = "(?:\\$|\\{\\{|%|<%|true\\b|false\\b|\\d+(?![\\w-]))";

/** Of such a name what is assigned: to the quote that closes it, else to where the line ends. */
const ASSIGNED = new RegExp(
  `((?<![?&;])${NAME}["'\\]]*\\s*[=:]\\s*)(?!["']?${NO_SECRET})("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^\\s"'][^\\n]*)`,
  "gi",
);

/** As a query has it. */
const IN_QUERY = new RegExp(`([?&;]${NAME}=)[^&\\s"';]+`, "gi");

/** A password before a host. */
const IN_ADDRESS = /(\/\/[^\s/:@]*:|(?<![\w.:/-])[A-Za-z][\w.-]*:)[^\s/:@,"'=]+(?=@[A-Za-z0-9[])/g;

/** A text without what looks like a secret. */
export function maskSecrets(text: string): string {
  return text.replace(IN_QUERY, "$1***").replace(ASSIGNED, "$1***").replace(IN_ADDRESS, "$1***");
}

/** A finding in which no secret is told, whatever a rule quotes. */
export function withoutSecrets(finding: Finding): Finding {
  return { ...finding, message: maskSecrets(finding.message), evidence: maskSecrets(finding.evidence) };
}

/** Whether a line names what is a secret, whose value stands in the next: `name: DB_PASSWORD`. */
export function namesSecret(line: string): boolean {
  return NAMED.test(line);
}

const NAMED = new RegExp(`\\bname["']?\\s*[:=]\\s*["']?\\S*${NAME}["']?\\s*,?\\s*$`, "i");
