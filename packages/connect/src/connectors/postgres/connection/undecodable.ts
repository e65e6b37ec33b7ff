const TEXT = /^could not map file(?:node|number) |^pg_attribute catalog is missing |^could not open relation with OID /;

/**
 * Whether PostgreSQL itself does not understand its log: an internal error (XX000) while it decodes. It finds no table to a file, or a table without its columns, because the slot's view of the catalog lacks a change. It is the
 * same again with the same slot, but for servers that were restarted in between.
 */
export function isUndecodable(error: unknown): error is Error {
  return error instanceof Error && (error as { readonly code?: unknown }).code === "XX000" && TEXT.test(error.message);
}
