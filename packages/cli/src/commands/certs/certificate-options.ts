import { resolve } from "node:path";
import { OttlaError } from "@ottla/base";
import type { Authority } from "@ottla/broker/certificates";
import type { ParsedOptions } from "../../command.ts";
import { readAuthority } from "../../secure/certificate-folder.ts";

/** Where the authority is unless `--ca` says so. */
export const CA_FOLDER = "certs";
export const DAYS_MAX = 36_500;

/** The authority that `--ca` means, and its folder. Throws `NO_AUTHORITY`. */
export function authorityOf(options: ParsedOptions): { readonly authority: Authority; readonly folder: string } {
  const folder = resolve(options.text("ca") ?? CA_FOLDER);
  const authority = readAuthority(folder);
  if (authority === undefined)
    throw new OttlaError("NO_AUTHORITY", `There is no authority in ${folder}; make one with ottla certs ca, or name its folder with --ca.`);
  return { authority, folder };
}
