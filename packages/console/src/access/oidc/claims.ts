import { OttlaError, type Role, roles } from "@ottla/base";
import type { OidcSettings } from "../console-users.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Who somebody is by the claims of an ID token that was checked. Errors: `OIDC_NO_ROLE`, `OIDC_FAILED`. */
export function ownerOf(
  claims: Claims,
  settings: Pick<OidcSettings, "nameClaim" | "rolesClaim" | "roles">,
): { readonly name: string; readonly role: Role } {
  const given = claim(claims, settings.nameClaim) ?? claims["sub"];
  if (typeof given !== "string" || given === "") throw new OttlaError("OIDC_FAILED", "The identity provider does not say who it is.");
  const values = textsOf(claim(claims, settings.rolesClaim));
  const role = roles.findLast((each) => settings.roles[each]?.some((value) => values.includes(value)));
  if (role === undefined)
    throw new OttlaError("OIDC_NO_ROLE", `None of ${given.slice(0, 200)}'s values of the claim ${settings.rolesClaim} gives a role here.`);
  return { name: given.slice(0, 200), role };
}

/** A claim by its whole name (names may have dots), else by the way to it: `realm_access.roles`. */
function claim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split(".")
    .reduce<unknown>(
      (within, part) =>
        typeof within === "object" && within !== null && Object.hasOwn(within, part) ? (within as Claims)[part] : undefined,
      claims,
    );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}
