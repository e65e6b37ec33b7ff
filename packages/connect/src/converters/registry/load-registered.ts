import type { ReferencedSchema, RegisteredSchema, RegistryClient } from "@ottla/serdes";

/** A registered schema with the texts of all that it refers to. Rejects with `RegistryClientError`. */
export async function loadRegistered(
  registry: RegistryClient,
  id: number | string,
): Promise<{ readonly registered: RegisteredSchema; readonly resolved: readonly ReferencedSchema[] }> {
  const registered = typeof id === "number" ? await registry.schemaById(id) : await registry.schemaByGuid(id);
  return { registered, resolved: await registry.referencesOf(registered) };
}
