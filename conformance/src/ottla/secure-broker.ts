import { nodeBinary } from "../paths.ts";
import { startChild } from "../process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { ottlaCommand } from "./broker.ts";

/** What the ready line of `ottla dev --secure` says of itself. */
interface SecureReadyLine {
  readonly bootstrap: string;
  readonly security: { readonly mechanism: string; readonly username: string; readonly password: string; readonly caLocation: string };
}

/** A broker that asks for TLS, a login and ACLs, as its own process. */
export interface SecureBroker extends SecureReadyLine, AsyncDisposable {
  /** For `--command-config`. */
  readonly clientProperties: string;
}

/** Starts `ottla dev --secure` with further settings, in a folder of its own. */
export async function startSecureOttla(settings: Readonly<Record<string, string>> = {}): Promise<SecureBroker> {
  const folder = makeTemporaryFolder("secure");
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const child = startChild(nodeBinary, [
    ...ottlaCommand,
    "dev",
    "--secure",
    "--only",
    "broker",
    "--json",
    "--port",
    "0",
    "--data-dir",
    `${folder}/data`,
    ...set,
  ]);
  const stop = async (): Promise<void> => {
    await child.stop(30_000);
    removeTemporaryFolder(folder);
  };
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.process.stdout?.on("data", (chunk: string) => {
        text += chunk;
        const end = text.indexOf("\n");
        if (end >= 0) resolve(text.slice(0, end));
      });
      void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
    });
    return {
      ...(JSON.parse(line) as SecureReadyLine),
      clientProperties: `${folder}/data-security/client.properties`,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
