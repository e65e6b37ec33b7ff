import { runCommand } from "./child.ts";

/** A program of the system that a test cannot do without and that could not be had. `message` names it and the remedy. */
export class MissingProgramError extends Error {
  override readonly name = "MissingProgramError";
}

async function isPresent(program: string): Promise<boolean> {
  const { status } = await runCommand("sh", ["-c", `command -v "${program}"`]);
  return status === 0;
}

/**
 * Makes sure `program` is on the PATH, installing the Debian package when this process may (root with apt-get).
 * Throws {@link MissingProgramError} with one sentence otherwise.
 */
export async function requireProgram(program: string, debianPackage: string): Promise<void> {
  if (await isPresent(program)) return;
  if (process.getuid?.() === 0 && (await isPresent("apt-get"))) {
    const install = `apt-get install -y -q ${debianPackage} || (apt-get update -q && apt-get install -y -q ${debianPackage})`;
    await runCommand("sh", ["-c", install], { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: "noninteractive" } });
    if (await isPresent(program)) return;
  }
  throw new MissingProgramError(`"${program}" is missing: install the package ${debianPackage} (Debian's name) and run again.`);
}
