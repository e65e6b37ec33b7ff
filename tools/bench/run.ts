// npm run bench -- NAME [options]: runs tools/bench/NAME.ts with the options given.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "run.ts")
  .map((file) => file.slice(0, -3));
const [name, ...options] = process.argv.slice(2);

if (name === undefined || !existsSync(`${folder}${name}.ts`)) {
  process.stderr.write(
    `There is ${name === undefined ? "no benchmark without a name" : `no benchmark "${name}"`}; choose one of: ${names.join(", ")}.\n`,
  );
  process.exit(2);
}
const child = spawn(process.execPath, ["--conditions=source", `${folder}${name}.ts`, ...options], { stdio: "inherit" });
child.on("close", (status) => process.exit(status ?? 1));
