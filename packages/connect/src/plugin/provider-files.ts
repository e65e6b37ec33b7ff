import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { ProviderFileError } from "./config-providers.ts";

const BYTES_MAX = 1024 * 1024;

/** Files as providers read them: off the loop, and none that has no end or that somebody may keep waiting (a device, a pipe). */
export const providerFiles = {
  async read(path: string): Promise<string> {
    // Without O_NONBLOCK a pipe that nobody writes to would not even open.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new ProviderFileError("it is no file");
      if (found.size > BYTES_MAX) throw new ProviderFileError(`it has more than ${BYTES_MAX} bytes`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  },
};
