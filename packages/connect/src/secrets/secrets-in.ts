import { isSecretName, urlPasswordsIn } from "../plugin/config-secrets.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";

/** What a provider gave that says nothing of itself: a port, a flag. */
const PLAIN = /^(?:\d{1,5}|true|false|null|none|localhost)$/i;
const IN_QUERY = /[?&;](?:[\w.-]*(?:password|passwd|pwd|secret|token|key))=([^&;\s]+)/gi;
const IN_JAAS = /(?:password|secret|token)\s*=\s*"((?:[^"\\]|\\.)*)"/gi;

/** The secrets in a connector's settings, all references resolved: by the names that plugins call secrets (`sensitive`), by names that hold secrets whoever reads them, and the passwords of addresses. */
export function secretsIn(resolved: ConnectorProperties, sensitive: ReadonlySet<string> = new Set()): string[] {
  return Object.entries(resolved).flatMap(([name, text]) =>
    sensitive.has(name) || isSecretName(name) ? [text, ...partsOf(text)] : urlPasswordsIn(text).flatMap((found) => [found, decoded(found)]),
  );
}

/** Whether what a provider gave is to be hidden, in whatever setting it stands. */
export function isTelling(value: string): boolean {
  return !PLAIN.test(value.trim());
}

/** What is secret inside of a longer text: an address with a password, an entry of JAAS, `user:password`. */
function partsOf(text: string): string[] {
  const named = [IN_QUERY, IN_JAAS].flatMap((pattern) => Array.from(text.matchAll(pattern), ([, part = ""]) => part));
  const found = [...urlPasswordsIn(text), ...named];
  const [, password] = /^[^:\s/]+:([^\s/]+)$/.exec(text) ?? [];
  return [...found, ...found.map(decoded), ...(password === undefined ? [] : [password])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
