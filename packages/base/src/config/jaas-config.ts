import { ConfigError } from "./config-value.ts";

/** One login module of a JAAS text: `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";` */
export interface JaasEntry {
  /** The Java class, whole. */
  readonly loginModule: string;
  /** REQUIRED, REQUISITE, SUFFICIENT or OPTIONAL, in small letters. */
  readonly controlFlag: string;
  readonly options: ReadonlyMap<string, string>;
}

const FLAGS: ReadonlySet<string> = new Set(["required", "requisite", "sufficient", "optional"]);
/** White space and comments; a quoted text with its escapes; a word; or one sign. */
const TOKEN = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+|"((?:\\[\s\S]|[^"\\\n])*)"|'((?:\\[\s\S]|[^'\\\n])*)'|([\w.$:-]+)|([\s\S])/gy;
const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/**
 * Reads a `sasl.jaas.config` as Java does: modules with their flag and options, each ended by a semicolon. Throws {@link ConfigError} with a sentence that holds nothing of the text:
 * there are passwords in it.
 */
export function parseJaasConfig(name: string, text: string): readonly JaasEntry[] {
  const tokens = tokensOf(text);
  const entries: JaasEntry[] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new ConfigError(name, `${name} is no JAAS configuration: ${what}. Write CLASS required name="value" …;`);
  };
  while (at < tokens.length) {
    const loginModule = tokens[at++]!;
    const controlFlag = tokens[at++]?.toLowerCase() ?? "";
    if (!FLAGS.has(controlFlag)) fail("behind the class must come required, requisite, sufficient or optional");
    const options = new Map<string, string>();
    while (tokens[at] !== ";") {
      const [key, equals, value] = [tokens[at], tokens[at + 1], tokens[at + 2]];
      if (key === undefined) fail("it does not end with a semicolon");
      if (equals !== "=" || value === undefined || value === ";" || value === "=") fail("an option is not followed by = and a value");
      options.set(key!, value!);
      at += 3;
    }
    at++;
    entries.push({ loginModule, controlFlag, options });
  }
  if (entries.length === 0) fail("it is empty");
  return entries;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) tokens.push(unescaped(quoted));
    else if (match[3] !== undefined || match[4] !== undefined) tokens.push(match[3] ?? match[4]!);
  }
  return tokens;
}

/** As Java's StreamTokenizer has it: the escapes of C, numbers in octal, and any other sign for itself. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2}|[0-7]{1,2}|[\s\S])/g, (_, escape: string) =>
    /^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (ESCAPES[escape] ?? escape),
  );
}
