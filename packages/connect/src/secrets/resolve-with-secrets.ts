import { type ProviderWorld, resolveReferences } from "../plugin/config-providers.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { sensitiveNamesOf } from "../plugin/validate-config.ts";
import { SecretMask } from "./secret-mask.ts";
import { isTelling, secretsIn } from "./secrets-in.ts";

/** Settings with all references resolved, and what of them is not to be said. */
export interface ResolvedProperties {
  readonly properties: ConnectorProperties;
  /** What providers gave, and settings whose names say that they hold secrets; a plugin may call more of them so. */
  readonly secrets: readonly string[];
}

/** Resolves references. Errors as those of `resolveReferences`. */
export async function resolveWithSecrets(given: ConnectorProperties, world: ProviderWorld): Promise<ResolvedProperties> {
  const values: string[] = [];
  const properties = await resolveReferences(given, world, (value) => values.push(value));
  return { properties, secrets: [...values.filter(isTelling), ...secretsIn(properties)] };
}

/** Hides all secrets of a connector, those that its plugins call so too. Throws where there is no such plugin. */
export async function maskOf({ properties, secrets }: ResolvedProperties, catalogue: PluginCatalogue): Promise<SecretMask> {
  return new SecretMask([...secrets, ...secretsIn(properties, await sensitiveNamesOf(properties, catalogue))]);
}
