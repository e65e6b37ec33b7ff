import type { CommandSpec } from "../../command.ts";
import { PASSWORD_ENV } from "../../read-password.ts";

export const consoleCommands: readonly CommandSpec[] = [
  {
    path: ["console", "password"],
    summary: "print a password's hash for the users file of the console",
    description: "The file is for --console-users: users with a name, this hash and a role; see docs/guides/console.md.",
    options: [PASSWORD_ENV],
    examples: [{ command: "ottla console password", does: "asks for the password" }],
    load: async () => (await import("../registry/print-password-hash.ts")).printHashFor("the console's user"),
  },
];
