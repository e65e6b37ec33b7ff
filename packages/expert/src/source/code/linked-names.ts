import type { Code, FunctionCode } from "./code.ts";

/** What a file's names stand for in other files of its project. */
export interface LinkedNames {
  /** What `a.b` stands for; the path is as the file has it. */
  find(path: string): Code | undefined;
  functions(name: string): readonly FunctionCode[];
}
