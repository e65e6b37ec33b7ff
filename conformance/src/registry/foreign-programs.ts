import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { registrySerdesProgram } from "../kafka/java-tool.ts";
import { repositoryRoot } from "../paths.ts";

/** A command that runs a foreign client, or why there is none here. */
export type ForeignProgram = { readonly command: string; readonly args: readonly string[] } | { readonly missing: string };

const PYTHON_CLIENT = "confluent-kafka[avro,json,schemaregistry]==2.12.2";
const sources = join(repositoryRoot, "conformance", "registry-clients");
const cache = join(repositoryRoot, "node_modules", ".cache", "registry-clients");
const INSTALL_MS = 240_000;

/** confluent-kafka-python, in a virtual environment that is made once. */
export function pythonProgram(): ForeignProgram {
  const folder = join(cache, "python-2.12.2");
  const python = join(folder, "bin", "python");
  return made("Python 3 with venv and PyPI", existsSync(folder), () => {
    const isThere = existsSync(folder);
    if (!isThere) {
      mkdirSync(cache, { recursive: true });
      rmSync(`${folder}.new`, { recursive: true, force: true });
      run("python3", ["-m", "venv", `${folder}.new`]);
      run(join(`${folder}.new`, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTHON_CLIENT]);
      renameSync(`${folder}.new`, folder);
    }
    return { command: python, args: [join(sources, "serdes.py")] };
  });
}

/** franz-go's registry client, built once for each state of its source. */
export function goProgram(): ForeignProgram {
  const binary = join(cache, "go-client");
  return made("Go and its modules", false, () => {
    mkdirSync(cache, { recursive: true });
    run("go", ["build", "-o", binary, "."], join(sources, "go"));
    return { command: binary, args: [] };
  });
}

/** Apache Flink's serialisers of Java, compiled once for each state of the program around them. */
export async function javaProgram(): Promise<ForeignProgram> {
  try {
    return await registrySerdesProgram("RegistrySerdes");
  } catch (error) {
    return { missing: `needs Java and Maven: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300) };
  }
}

function made(needed: string, isThere: boolean, make: () => ForeignProgram): ForeignProgram {
  try {
    return make();
  } catch (error) {
    if (isThere) throw error;
    const { stderr, message } = error as Error & { readonly stderr?: Buffer | string };
    const last =
      String(stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) ?? "";
    return { missing: `needs ${needed}: ${last === "" ? message : last}`.slice(0, 300) };
  }
}

function run(command: string, args: readonly string[], cwd?: string): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], timeout: INSTALL_MS, ...(cwd !== undefined && { cwd }) });
}
