import { readRegularFile } from "@ottla/base/node";
import type { SecretFiles } from "./config-providers.ts";

const BYTES_MAX = 1024 * 1024;

/** Files as providers read them. */
export const providerFiles: SecretFiles = { read: (path) => readRegularFile(path, BYTES_MAX) };
