import { HIDDEN } from "./config-definition.ts";
import { isReference } from "./config-providers.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** The password of an address such as `http://user:password@host`. */
const URL_PASSWORD = /(\/\/[^/@\s:?#]*:)([^/@\s]+)(?=@)/g;

/** The same with every secret hidden, but for a reference to where the whole of it stands. `sensitive` are the names of settings that plugins call secrets. */
export function hideSecrets(properties: ConnectorProperties, sensitive: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, text]) => {
      if (isReference(text.trim())) return [name, text];
      return [name, isSecret(name, sensitive) ? HIDDEN : withoutUrlPasswords(text)];
    }),
  );
}

/** Those of all addresses in a text, whatever setting it stands in. */
export function urlPasswordsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(URL_PASSWORD), ([, , password = ""]) => password).filter((password) => !isReference(password));
}

function withoutUrlPasswords(text: string): string {
  return text.replace(URL_PASSWORD, (whole, front: string, password: string) => (isReference(password) ? whole : `${front}${HIDDEN}`));
}

/** Whether something of a setting was hidden, and it was given so. */
export function isHidden(text: string): boolean {
  return text === HIDDEN || urlPasswordsIn(text).includes(HIDDEN);
}

/** A config that was read with hidden secrets and is written back keeps them. */
export function keepSecrets(given: Readonly<Record<string, string>>, before: ConnectorProperties | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const own = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
      return [name, own !== undefined && isHidden(text) && (text === HIDDEN || text === withoutUrlPasswords(own)) ? own : text];
    }),
  );
}

/** Names that hold secrets whoever reads them, in clients' settings above all. */
const SECRET_NAME =
  /(?:^|\.)(?:password|sasl\.jaas\.config|ssl\.key(?:store)?\.(?:password|key)|basic\.auth\.user\.info|secret|token)$|[.-]password$/i;

function isSecret(name: string, sensitive: ReadonlySet<string>): boolean {
  return sensitive.has(name) || isSecretName(name);
}

/** Whether a setting of this name holds a secret, whoever reads it. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
