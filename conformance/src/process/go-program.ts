import { existsSync, mkdirSync } from "node:fs";
import { cacheRoot } from "../paths.ts";
import { runCommand } from "./child.ts";
import { MissingProgramError, requireProgram } from "./system-package.ts";

/** A program in Go that is built from its sources. */
export interface GoProgram {
  readonly name: string;
  /** `OWNER/NAME` at GitHub. */
  readonly repository: string;
  readonly tag: string;
  /** The variable that may name a folder with a clone of it, or a built program. */
  readonly variable: string;
}

/** Builds it once. Throws {@link MissingProgramError} with one sentence where Go or the sources cannot be had. */
export async function requireGoProgram({ name, repository, tag, variable }: GoProgram): Promise<string> {
  const given = process.env[variable];
  if (given !== undefined && !existsSync(`${given}/go.mod`)) return given;
  const folder = `${cacheRoot}/go/${name}-${tag}`;
  const program = `${folder}/${name}`;
  if (existsSync(program)) return program;
  await requireProgram("go", "golang");
  const sources = given ?? `${folder}/sources`;
  if (!existsSync(sources)) {
    mkdirSync(folder, { recursive: true });
    const url = `https://github.com/${repository}.git`;
    const { status, stderr } = await runCommand("git", ["clone", "--quiet", "--depth", "1", "--branch", tag, url, sources], {
      timeoutMs: 300_000,
    });
    if (status !== 0)
      throw new MissingProgramError(`${url} cannot be fetched (${stderr.trim().slice(-200)}); ${variable} may name a clone of it.`);
  }
  const built = await runCommand("go", ["build", "-C", sources, "-o", program, "."], { timeoutMs: 900_000 });
  if (built.status !== 0) throw new MissingProgramError(`${name} could not be built: ${built.stderr.trim().slice(-300)}`);
  return program;
}
