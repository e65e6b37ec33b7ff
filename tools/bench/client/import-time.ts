import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommand } from "@ottla/conformance/process/child";
import type { PeerName } from "./peers.ts";

/** What a program names. The confluent client is not installed where this process could import it. */
const modules: Partial<Record<PeerName, string>> = { ottla: "@ottla/client", kafkajs: "kafkajs", platformatic: "@platformatic/kafka" };
const dist = fileURLToPath(new URL("../../../packages/client/dist/", import.meta.url));

/** Joined into one file per entry, as it is packed: what `tsc` alone leaves there are hundreds, which no user has. */
const isPacked = (): boolean => existsSync(`${dist}index.js`) && existsSync(`${dist}chunks`) && !existsSync(`${dist}client.js`);

/** How long a process of its own takes to import the client as its users have it, packed last. Undefined where that is not at hand (`npm run test:client-package`). */
export async function importMsOf(peer: PeerName): Promise<number | undefined> {
  const name = modules[peer];
  if (name === undefined || (peer === "ottla" && !isPacked())) return undefined;
  const program = `const beginMs = performance.now(); await import(${JSON.stringify(name)}); process.stdout.write(String(performance.now() - beginMs), () => process.exit(0));`;
  const { status, stdout } = await runCommand(process.execPath, ["--no-warnings", "--input-type=module", "--eval", program], {
    timeoutMs: 60_000,
  });
  return status === 0 ? Number(stdout) : undefined;
}
