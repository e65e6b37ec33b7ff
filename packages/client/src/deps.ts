import { open } from "node:fs/promises";
import { type Clock, type LogFields, type Logger, type Net, OttlaError, type Random, silentLogger } from "@ottla/base";
import { holdingClock, nodeNet, systemRandom } from "@ottla/base/node";
import { checkObject } from "./options/argument-checks.ts";

/** What a client needs of the world. Every part has a real default; tests pass simulated ones. */
export interface ClientDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The bytes of a file (certificates and keys); rejects where it has more than `bytesMax`. */
  readonly readFile: (path: string, bytesMax: number) => Promise<Buffer>;
}

async function readFile(path: string, bytesMax: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > bytesMax) throw new OttlaError("FILE_TOO_LARGE", `it has ${size} bytes, more than ${bytesMax}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The real world, with whatever the caller wants otherwise. */
export function resolveDeps(given: Partial<ClientDeps> = {}): ClientDeps {
  checkObject("deps", given);
  return {
    net: given.net ?? nodeNet,
    clock: given.clock ?? holdingClock,
    random: given.random ?? systemRandom,
    logger: given.logger === undefined || given.logger === silentLogger ? silentLogger : unfailing(given.logger),
    readFile: given.readFile ?? readFile,
  };
}

/** It is called in the middle of everything, such as when bytes come: one that throws must end neither that nor the process. */
function unfailing(logger: Logger): Logger {
  const telling = (level: keyof Logger) => (message: string, fields?: LogFields) => {
    try {
      logger[level](message, fields);
    } catch {
      // There is nobody to tell.
    }
  };
  return { error: telling("error"), warn: telling("warn"), info: telling("info"), debug: telling("debug") };
}
