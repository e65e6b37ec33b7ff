import { EXAMPLES } from "../quantity/dimension.ts";
import { clusterSpecs, eventSpecs, serviceSpecs, systemSpecs } from "./domain-specs.ts";
import { type FieldSpec, type FieldSpecs, isRequired } from "./field-spec.ts";

/** The form of a design file as JSON Schema (draft 2020-12), by which editors complete and check. */
export function domainJsonSchema(): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What ottla design reads",
    ...objectOf(
      systemSpecs,
      {
        cluster: objectOf(clusterSpecs),
        events: {
          type: "object",
          minProperties: 1,
          description: "events by the name of their topic",
          additionalProperties: objectOf(eventSpecs),
        },
        services: { type: "object", minProperties: 1, description: "services by name", additionalProperties: objectOf(serviceSpecs) },
      },
      ["events", "services"],
    ),
  };
}

function objectOf(specs: FieldSpecs, parts: Readonly<Record<string, object>> = {}, needed: readonly string[] = []): object {
  const required = Object.entries(specs).flatMap(([key, spec]) => (isRequired(spec) ? [key] : []));
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length + needed.length > 0 && { required: [...required, ...needed] }),
    properties: { ...Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, schemaOf(spec)])), ...parts },
  };
}

function schemaOf(spec: FieldSpec): object {
  const common = { description: spec.summary, ...("default" in spec && { default: spec.default }), examples: [spec.example] };
  switch (spec.kind) {
    case "choice":
      return { enum: spec.choices, ...common };
    case "flag":
      return { type: "boolean", ...common };
    case "integer":
      return { type: "integer", minimum: spec.min, maximum: spec.max, ...common };
    case "names":
      return { type: "array", items: { type: "string" }, ...common };
    case "texts":
      return { type: "object", additionalProperties: { type: "string" }, ...common };
    case "quantity":
      return { type: ["string", "number"], ...common, description: `${spec.summary} (as in ${EXAMPLES[spec.dimension]})` };
    case "quantities":
      return { type: "array", items: { type: ["string", "number"] }, ...common };
    case "name":
    case "text":
      return { type: "string", ...common };
  }
}
