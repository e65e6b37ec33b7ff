/** Each may what those before it may. */
export const roles = ["viewer", "operator", "admin"] as const;

/** One of {@link roles}. */
export type Role = (typeof roles)[number];

export function isAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
