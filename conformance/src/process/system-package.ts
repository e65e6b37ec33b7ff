import { existsSync } from "node:fs";
import { runCommand } from "./child.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** A program of the system that a test cannot do without and that could not be had. `message` names it and the remedy. */
export class MissingProgramError extends Error {
  override readonly name = "MissingProgramError";
}

async function isPresent(program: string): Promise<boolean> {
  const { status } = await runCommand("sh", ["-c", `command -v "${program}"`]);
  return status === 0;
}

async function isHeaderPresent(header: string): Promise<boolean> {
  const { status } = await runCommand("g++", ["-E", "-x", "c++", "-"], { input: `#include <${header}>\n` });
  return status === 0;
}

/** True when `isThere` holds, if need be after installing the Debian package, where this process may (root with apt-get). */
async function canBeHad(isThere: () => Promise<boolean>, debianPackage: string): Promise<boolean> {
  if (await isThere()) return true;
  if (process.getuid?.() !== 0 || !(await isPresent("apt-get"))) return false;
  const install = `apt-get install -y -q ${debianPackage} || (apt-get update -q && apt-get install -y -q ${debianPackage})`;
  return oneAtATime("debian-packages", async () => {
    if (await isThere()) return true;
    await runCommand("sh", ["-c", install], { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: "noninteractive" } });
    return isThere();
  });
}

/**
 * Makes sure `program` is on the PATH, installing the Debian package when this process may (root with apt-get).
 * Throws {@link MissingProgramError} with one sentence otherwise.
 */
export async function requireProgram(program: string, debianPackage: string): Promise<void> {
  if (await canBeHad(() => isPresent(program), debianPackage)) return;
  throw new MissingProgramError(`"${program}" is missing: install the package ${debianPackage} (Debian's name) and run again.`);
}

/** As {@link requireProgram}, for a header of C++ such as `rapidjson/schema.h`. Needs g++. */
export async function requireHeader(header: string, debianPackage: string): Promise<void> {
  if (await canBeHad(() => isHeaderPresent(header), debianPackage)) return;
  throw new MissingProgramError(`The header <${header}> is missing: install the package ${debianPackage} (Debian's name) and run again.`);
}

/**
 * The path of `program`: the one on the PATH, else the one inside the Debian package, which is unpacked into `folder` and not installed, so that no service of it starts. Throws
 * {@link MissingProgramError} with one sentence when neither can be had.
 */
export async function programOf(program: string, debianPackage: string, folder: string): Promise<string> {
  if (await isPresent(program)) return program;
  const unpacked = `${folder}/${debianPackage}`;
  const path = `${unpacked}/usr/bin/${program}`;
  if (existsSync(path)) return path;
  if (await isPresent("apt-get")) {
    const unpack = `mkdir -p "${unpacked}" && cd "${unpacked}" && (apt-get download -q ${debianPackage} || (apt-get update -q && apt-get download -q ${debianPackage})) && dpkg -x *.deb . && rm *.deb`;
    await runCommand("sh", ["-c", unpack], { timeoutMs: 300_000 });
  }
  if (existsSync(path)) return path;
  throw new MissingProgramError(`"${program}" is missing: install the package ${debianPackage} (Debian's name) and run again.`);
}
