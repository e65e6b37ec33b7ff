import { hashPassword } from "@ottla/base/node";
import type { RunCommand } from "../../command.ts";
import { readPassword } from "../../read-password.ts";

/** Prints the hash of a password for a file of users. */
export function printHashFor(whose: string): RunCommand {
  return async (context) => {
    context.stdout.write(`${await hashPassword(await readPassword(context, whose))}\n`);
    return 0;
  };
}
