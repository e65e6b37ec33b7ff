import type { CommandSpec } from "../../command.ts";
import { PASSWORD_ENV } from "../../read-password.ts";

export const registryCommands: readonly CommandSpec[] = [
  {
    path: ["registry", "password"],
    summary: "print a password's hash for the users file of a Schema Registry",
    description: "The file is for --registry-users: users with a name, this hash and rules; see docs/guides/registry-access.md.",
    options: [PASSWORD_ENV],
    examples: [{ command: "ottla registry password", does: "asks for the password" }],
    load: async () => (await import("./print-password-hash.ts")).printHashFor("the registry's user"),
  },
];
