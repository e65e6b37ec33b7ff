import { OttlaError } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";

const STANDARD_AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

/** How ACLs are applied. */
export interface AuthorizerSettings {
  /** Principals as `Type:name`. */
  readonly superUsers: ReadonlySet<string>;
  readonly allowsEveryoneIfNoAcl: boolean;
}

/** What the configuration says of ACLs; undefined where there is no authorizer. Throws `INVALID_CONFIG`. */
export function authorizerSettings(config: Pick<EffectiveConfig, "string" | "boolean">): AuthorizerSettings | undefined {
  const className = (config.string("authorizer.class.name") ?? "").trim();
  const superUsers = parseSuperUsers(config.string("super.users") ?? "");
  const allowsEveryoneIfNoAcl = config.boolean("allow.everyone.if.no.acl.found");
  if (className === "") return undefined;
  if (className !== STANDARD_AUTHORIZER)
    throw new OttlaError(
      "INVALID_CONFIG",
      `authorizer.class.name is ${className}, a Java class that Ottla cannot run; leave it empty, or set it to ${STANDARD_AUTHORIZER}.`,
    );
  return { superUsers, allowsEveryoneIfNoAcl };
}

function parseSuperUsers(text: string): ReadonlySet<string> {
  const principals = text
    .split(";")
    .map((principal) => principal.trim())
    .filter((principal) => principal !== "");
  for (const principal of principals) {
    if (!/^[^:]+:./.test(principal))
      throw new OttlaError(
        "INVALID_CONFIG",
        `super.users names "${principal}", which is no principal; write a type and a name, as in User:alice, with semicolons between.`,
      );
  }
  return new Set(principals);
}
