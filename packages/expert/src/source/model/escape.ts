import type { CallCode, Code } from "../code/code.ts";
import { calledName, isWithin, pathOf, walk } from "../code/source-code.ts";
import { isLogging } from "./context.ts";
import type { MadeClient } from "./made-client.ts";
import type { Program } from "./program.ts";

/** Who besides the file's own code may use a client: nobody, files of the project that were read, or code that is not in sight. */
export type Escape = "none" | "project" | "unknown";

/** The clients that a file makes, and those of other files of its project that it calls. */
export function clientsUsed(program: Program): readonly MadeClient[] {
  return [...new Set([...program.clients, ...program.calls.flatMap(({ client }) => client ?? [])])];
}

/** The last name of a client: `consumer` of `this.consumer`. */
export function shortName({ name }: MadeClient): string | undefined {
  return name?.slice(name.lastIndexOf(".") + 1);
}

/** Where a client gets to. */
export function escapeOf(program: Program, client: MadeClient): Escape {
  const name = shortName(client);
  if (name === undefined) return "unknown";
  const { around } = program;
  // What comes from another file of the project is the project's.
  if (!program.clients.includes(client)) return "project";
  let escape: Escape = "none";
  if (program.code.exports.has(name)) {
    if (!around.hasUsers) return "unknown";
    escape = "project";
  }
  for (const call of program.constants.calls) {
    if (call === client.made || isWithin(call, client.made) || isLogging(call)) continue;
    if (!call.args.some((arg) => lastOf(arg) === name)) continue;
    if (!isSeen(program, call)) return "unknown";
    escape = "project";
  }
  return escape;
}

/** Whether what a call calls is a function or class of this file, or of one of the project's that was read. */
function isSeen(program: Program, { callee }: CallCode): boolean {
  const called = calledName(callee);
  const first = pathOf(callee)?.split(".")[0];
  if (called === undefined) return false;
  if (first !== undefined && program.around.isOwn(first)) return true;
  if (callee.kind === "member" && first !== "this" && first !== "self" && pathOf(callee) !== called) return false;
  return program.constants.functions(called).length > 0 || declaresClass(program, called);
}

function declaresClass(program: Program, name: string): boolean {
  for (const each of walk(program.code.root)) if (each.kind === "class" && each.name === name) return true;
  return false;
}

function lastOf(code: Code): string | undefined {
  return pathOf(code)?.split(".").at(-1);
}
