import type { Entry, SettingsDocument } from "./document.ts";

/** What one rule of who may do what says, in the words of Kafka's tools. */
const ACL_KEYS = ["principal", "permission", "operation", "resource-type", "resource-name", "pattern-type", "host"] as const;
export type AclKey = (typeof ACL_KEYS)[number];

/** A rule as settings that rules judge. Operations and types are small letters without separators: `idempotentwrite`. */
export function aclDocument(file: string, line: number, words: Readonly<Partial<Record<AclKey, string>>>): SettingsDocument {
  const entries = ACL_KEYS.flatMap((key): Entry[] => {
    const value = words[key];
    return value === undefined ? [] : [{ key, value: isWord(key) ? value.toLowerCase().replaceAll(/[-_\s]/g, "") : value, line }];
  });
  return { file, part: `ACL of ${words.principal ?? "somebody"}`, kind: "acl", entries };
}

function isWord(key: AclKey): boolean {
  return key === "operation" || key === "resource-type" || key === "permission" || key === "pattern-type";
}
