import { type JavaProperties, readJavaProperties } from "@ottla/base";
import { forProfile, profileOfName } from "./application-profiles.ts";
import { applicationDocuments } from "./application-settings.ts";
import { clientOrBroker } from "./client-settings.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Reads a properties file: a broker's, a client's, a worker's or a connector's, by its keys; or a framework's. */
export function readPropertiesFile({ path, text }: SourceFile): ReadFile {
  let properties: JavaProperties;
  try {
    properties = readJavaProperties(text);
  } catch (error) {
    return unreadable(path, (error as Error).message);
  }
  const application = applicationDocuments(path, properties.entries);
  if (application.length > 0) {
    const documents = application.map((found) => forProfile(found, profileOfName(path)));
    return { ...NOTHING, documents, comments: properties.comments };
  }
  const documents = settingsOf(path, undefined, properties, 0);
  return documents.length === 0 ? NOTHING : { ...NOTHING, documents, comments: properties.comments };
}

/** A properties text inside of another file, whose first line is the one below `line`. Of what is none nothing. */
export function readPropertiesText(file: string, part: string, text: string, line: number): readonly FoundDocument[] {
  try {
    return settingsOf(file, part, readJavaProperties(text), line);
  } catch {
    return [];
  }
}

function settingsOf(file: string, part: string | undefined, { entries: pairs }: JavaProperties, shift: number): readonly FoundDocument[] {
  const entries = pairs.map(({ name, value, line }) => ({ key: name, value, line: line + shift }));
  return clientOrBroker(file, part, entries);
}
