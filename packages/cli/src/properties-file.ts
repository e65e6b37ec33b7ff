import { readFileSync } from "node:fs";
import { OttlaError, parseJavaProperties } from "@ottla/base";
import { UsageError } from "./command.ts";

/**
 * Reads the properties file that an option names. A file that is no such thing is refused as a whole and nothing of it is shown, since what is taken for one by mistake is mostly a key or
 * a store of keys. Throws {@link UsageError}.
 */
export function readPropertiesFile(file: string, option: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `The properties file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check ${option}.`,
    );
  }
  // No text has these; keys and stores in other formats than PEM do.
  if (/[\0-\x08\x0e-\x1f\ufffd]/.test(text)) throw new UsageError(`${file} is no properties file: it is binary; check ${option}.`);
  const properties = parsed(text, file, option);
  const isPem = [...properties.keys()].some((name) => name.startsWith("-----BEGIN"));
  if (isPem)
    throw new UsageError(
      `${file} is no properties file: it holds a key or certificate in PEM; check ${option}, and name that file in ssl.keystore.location or ssl.truststore.location of a properties file.`,
    );
  return properties;
}

function parsed(text: string, file: string, option: string): Map<string, string> {
  try {
    return parseJavaProperties(text);
  } catch (error) {
    if (!(error instanceof OttlaError)) throw error;
    throw new UsageError(`The properties file ${file} cannot be read: ${error.message} Check ${option}.`);
  }
}
