/** Each may what those before it may. */
export const roles = ["viewer", "operator", "admin"] as const;

/** One of {@link roles}. */
export type Role = (typeof roles)[number];

/** Whether a role may what the needed one may. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
