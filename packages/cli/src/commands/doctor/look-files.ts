import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { OttlaError } from "@ottla/base";
import type { MetricsPage } from "@ottla/expert/collect";
import { AuthorizerLogReader, readCredentials } from "@ottla/expert/doctor";
import { type AuthorizationLog, type CredentialRecord, notObserved, type Observed, observed } from "@ottla/expert/snapshot";
import { UsageError } from "../../command.ts";
import { reasonOf } from "../../reason-of.ts";
import { readText } from "../lint/read-text.ts";

const METRICS_BYTES_MAX = 64 * 1024 * 1024;

/** A page of metrics that was saved to a file; it is read again at each look. */
export function metricsFile(path: string): MetricsPage {
  return {
    page: basename(path),
    read: async (_timeoutMs, signal) => {
      try {
        const { size } = await stat(path);
        if (size > METRICS_BYTES_MAX) throw new OttlaError("METRICS_TOO_LARGE", `${path} is larger than 64 MiB.`);
        return await readFile(path, { encoding: "utf8", signal });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof OttlaError) throw error;
        throw new OttlaError("METRICS_UNREACHABLE", `${path}: ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}

/** The logs of the brokers' authorizers as one. Errors: {@link UsageError} with the file that cannot be read. */
export async function readAuthorizerLogs(paths: readonly string[], signal: AbortSignal): Promise<Observed<AuthorizationLog>> {
  const reader = new AuthorizerLogReader();
  for (const path of paths)
    try {
      for await (const line of createInterface({ input: createReadStream(path, { signal }), crlfDelay: Infinity })) reader.takeLine(line);
    } catch (error) {
      signal.throwIfAborted();
      throw new UsageError(`--authorizer-log ${path}: ${reasonOf(error)}`);
    }
  const log = reader.log();
  return log === undefined
    ? notObserved("absent", `No line of ${paths.join(", ")} is one of an authorizer (kafka.authorizer.logger at DEBUG).`)
    : observed(log);
}

/** An inventory of credentials. Errors: {@link UsageError}. */
export async function readInventory(path: string): Promise<readonly CredentialRecord[]> {
  const read = await readText(path);
  const found = "failure" in read ? read.failure : readCredentials(read.text);
  if (typeof found === "string") throw new UsageError(`--credentials ${path}: ${found}`);
  return found;
}
