import { type FileChoices, fileChoices } from "../record-files/file-choices.ts";
import type { S3Settings } from "./s3-config.ts";

/** How much json and bytes are packed by gzip; undefined: not. */
export function gzipLevel(settings: S3Settings): number | undefined {
  return settings["s3.compression.type"] === "gzip" ? settings["s3.compression.level"] : undefined;
}

/** @throws ConnectError `CONNECT_CONFIG` with everything that cannot be done, by the name of its setting. */
export function s3Choices(settings: S3Settings): FileChoices {
  return fileChoices(settings, ({ format }) => {
    const faults: string[] = [];
    if (!settings["storage.class"].endsWith("S3Storage")) faults.push(`storage.class is S3Storage, not ${settings["storage.class"]}.`);
    if ((settings["aws.access.key.id"] === undefined) !== (settings["aws.secret.access.key"] === undefined))
      faults.push("aws.access.key.id and aws.secret.access.key are given together or not at all.");
    if (gzipLevel(settings) !== undefined && (format === "avro" || format === "parquet"))
      faults.push(`s3.compression.type=gzip is for json and bytes; ${format} has ${format}.codec.`);
    return faults;
  });
}
