import { HIDDEN } from "./config-definition.ts";
import { isReference } from "./config-providers.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** The same with every secret hidden, but for a reference to where the whole of it stands. `sensitive` are the names of settings that plugins call secrets. */
export function hideSecrets(properties: ConnectorProperties, sensitive: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, text]) => [name, isSecret(name, sensitive) && !isReference(text.trim()) ? HIDDEN : text]),
  );
}

/** A config that was read with hidden secrets and is written back keeps them. */
export function keepSecrets(given: Readonly<Record<string, string>>, before: ConnectorProperties | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => [
      name,
      text === HIDDEN && before !== undefined && Object.hasOwn(before, name) ? (before[name] ?? text) : text,
    ]),
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
