import { hashPassword } from "@ottla/base/node";
import type { RunCommand } from "../../command.ts";
import { readPassword } from "../../read-password.ts";

export const printPasswordHash: RunCommand = async (context) => {
  context.stdout.write(`${await hashPassword(await readPassword(context, "the registry's user"))}\n`);
  return 0;
};
