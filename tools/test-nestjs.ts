/**
 * `npm run test:nestjs`: runs `examples/nestjs`, NestJS's microservices over our client in place of kafkajs, against a broker of ours. NestJS is installed in a temporary folder; the example is compiled as
 * its users compile it, with decorators.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { build } from "esbuild";
import { root } from "./workspaces.ts";

const NEST = ["@nestjs/common@12.5.1", "@nestjs/core@12.5.1", "@nestjs/microservices@12.1.1", "reflect-metadata@0.2.2", "rxjs@7.8.2"];
const EXPECTED = ["placed tea at offset 0", "price { price: 4 }", "refused { status: 'error', message: 'Internal server error' }"];

const folder = mkdtempSync(join(tmpdir(), "ottla-nestjs-"));
try {
  writeFileSync(join(folder, "package.json"), '{"name": "somebody", "private": true, "type": "module"}\n');
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", ...NEST], {
    cwd: folder,
    encoding: "utf8",
  });
  if (installed.status !== 0) throw new Error(`NestJS could not be installed:\n${installed.stderr}`);
  await build({
    entryPoints: [join(root, "examples", "nestjs", "app.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: join(folder, "app.js"),
    conditions: ["source"],
    nodePaths: [join(root, "node_modules")],
    external: ["@nestjs/*", "rxjs", "reflect-metadata"],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    banner: {
      js: `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(join(root, "packages", "protocol", "package.json"))});`,
    },
    logLevel: "error",
  });
  await using broker = await startBroker({ logger: silentLogger });
  const child = spawn(process.execPath, ["app.js", broker.bootstrap], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const status = await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  clearTimeout(timer);
  const isGood = status === 0 && output.trim() === EXPECTED.join("\n");
  console.log(isGood ? "NestJS's microservices work over the client." : `FAILED: it ended with ${String(status)} and printed\n${output}`);
  process.exitCode = isGood ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
