import { avroTypeOf, pascalCase } from "./avro-type.ts";
import type { DesignedSchema } from "./designed-system.ts";
import type { Domain, DomainEvent } from "./domain.ts";

const DAY_S = 86_400;
/** Readers meet records that are older than a few releases. */
const LONG_RETENTION_S = 7 * DAY_S;

/** Avro schemas of events that say their fields, and those that were given as files. `texts`: a file's text by the name that the event gives it. */
export function designSchemas({ system, events }: Domain, texts: ReadonlyMap<string, string>): readonly DesignedSchema[] {
  return events.flatMap((event): DesignedSchema[] => {
    const text = event.schema === undefined ? schemaText(event, system) : texts.get(event.schema);
    if (text === undefined) return [];
    return [{ event: event.name, subject: `${event.name}-value`, file: `schemas/${event.name}.avsc`, text, ...compatibilityOf(event) }];
  });
}

function schemaText(event: DomainEvent, system: string): string | undefined {
  const fields = Object.entries(event.fields);
  if (fields.length === 0) return undefined;
  const words = event.name.split(".");
  // A namespace's words may not begin with a digit or hold a hyphen.
  const namespace = [system, ...words.slice(0, -1)].map((word) => word.replaceAll(/\W/g, "_").replace(/^\d/, "_$&")).join(".");
  const schema = {
    type: "record",
    name: pascalCase(words.slice(-2).join("-")).replace(/^\d/, "_$&") || "Event",
    namespace,
    doc: event.doc ?? `A record of ${event.name}${event.key === undefined ? "" : `, by ${event.key}`}.`,
    fields: fields.map(([name, type]) => ({
      name,
      type: avroTypeOf(type, name),
      ...(type.trim().endsWith("?") && { default: null }),
      // A property of our own: Avro lets readers ignore what they do not know.
      ...(event.pii.includes(name) && { pii: true, doc: "Says something about a person." }),
    })),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function compatibilityOf(event: DomainEvent): Pick<DesignedSchema, "compatibility" | "reason"> {
  if (event.compacted)
    return {
      compatibility: "FULL_TRANSITIVE",
      reason: "state stays for ever: today's readers read the oldest records, and old readers the newest, whoever is deployed first",
    };
  return event.retention > LONG_RETENTION_S
    ? {
        compatibility: "BACKWARD_TRANSITIVE",
        reason: "a reader that begins at the beginning meets every version that is still kept; deploy readers first",
      }
    : { compatibility: "BACKWARD", reason: "what is kept is of the last version or this one; deploy readers first" };
}
