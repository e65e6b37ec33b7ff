import { OttlaError } from "@ottla/base";
import { isMap, LineCounter, parseDocument } from "yaml";
import { checkDomain, NO_PLACE, type Places } from "./check-domain.ts";
import type { Domain, DomainEvent, DomainIssue, DomainService } from "./domain.ts";
import { clusterSpecs, eventSpecs, MAX_SIZE_FACTOR, NAMING_DEFAULT, PEAK_FACTOR, serviceSpecs, systemSpecs } from "./domain-specs.ts";
import { NAME_LENGTH_MAX, NAME_PATTERN } from "./field-spec.ts";
import { FieldReader } from "./field-reader.ts";
import { misfits } from "./naming.ts";

/** More than this is no system that one file describes. */
const FILE_BYTES_MAX = 1024 * 1024;
const EVENTS_MAX = 2000;
const SERVICES_MAX = 2000;

/** A design file as it was read: complete, or with all that is wrong with it, by line. */
export type ReadDomain =
  | { readonly domain: Domain; readonly issues: readonly [] }
  | { readonly domain: undefined; readonly issues: readonly DomainIssue[] };

/** Reads a design file. Nothing is guessed: a key that is not known, a value of the wrong kind and a name that leads nowhere are issues. */
export function readDomain(text: string): ReadDomain {
  if (text.length > FILE_BYTES_MAX)
    return refused({
      line: undefined,
      path: "",
      message: `The file is larger than ${FILE_BYTES_MAX} bytes; describe one system in a file.`,
    });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error)
    return refused({
      line: lines.linePos(error.pos[0]).line,
      path: "",
      message: `It is no YAML: ${error.message.split("\n")[0]!.replace(/ at line.*$/, "")}.`,
    });
  if (!isMap(document.contents))
    return refused({
      line: 1,
      path: "",
      message: "It must be a map with system, cluster, events and services; docs/guides/design.md has an example.",
    });
  const reader = new FieldReader(document, lines);
  const top = reader.partsOf(document.contents, "", [...Object.keys(systemSpecs), "cluster", "events", "services"]);
  const system = reader.read(systemSpecs, top, "", 1);
  const clusterNode = top.get("cluster");
  const clusterLine = clusterNode?.line ?? 1;
  const cluster = reader.read(clusterSpecs, reader.partsIn(clusterNode, "cluster", Object.keys(clusterSpecs)), "cluster", clusterLine);
  const places: Places = { events: new Map(), services: new Map(), system: top.get("system")?.line ?? NO_PLACE, cluster: clusterLine };
  const naming = namingOf(system.naming, top.get("naming")?.line, reader);
  const events = reader.entriesOf(top.get("events"), "events", EVENTS_MAX).map(({ name, node, line }): DomainEvent => {
    places.events.set(name, line);
    checkName(name, `events.${name}`, line, reader);
    const fields = reader.read(
      eventSpecs,
      reader.partsIn({ node, line }, `events.${name}`, Object.keys(eventSpecs)),
      `events.${name}`,
      line,
    );
    return { ...fields, name, peak: fields.peak ?? fields.rate * PEAK_FACTOR, maxSize: fields.maxSize ?? fields.size * MAX_SIZE_FACTOR };
  });
  if (naming) checkNaming(naming, events, places, top.get("naming")?.line, reader);
  const services = reader.entriesOf(top.get("services"), "services", SERVICES_MAX).map(({ name, node, line }): DomainService => {
    places.services.set(name, line);
    checkName(name, `services.${name}`, line, reader);
    const path = `services.${name}`;
    const fields = reader.read(serviceSpecs, reader.partsIn({ node, line }, path, Object.keys(serviceSpecs)), path, line);
    return { ...fields, name, group: fields.group ?? name, principal: fields.principal ?? `User:${name}` };
  });
  const domain: Domain = { system: system.system, cluster, events, services };
  const issues = reader.issues.length > 0 ? reader.issues : checkDomain(domain, places);
  return issues.length > 0
    ? { domain: undefined, issues: issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
    : { domain, issues: [] };
}

/** As {@link readDomain}. Errors: `INVALID_DESIGN` with every issue, a line each. */
export function domainOf(text: string, file: string): Domain {
  const { domain, issues } = readDomain(text);
  if (domain) return domain;
  throw new OttlaError("INVALID_DESIGN", issues.map((issue) => issueText(issue, file)).join("\n"));
}

/** `shop.yaml:12: events.orders.order.created.rate: …` */
export function issueText({ line, path, message }: DomainIssue, file: string): string {
  return `${file}${line === undefined ? "" : `:${line}`}: ${path === "" ? "" : `${path}: `}${message}`;
}

function refused(issue: DomainIssue): ReadDomain {
  return { domain: undefined, issues: [issue] };
}

function namingOf(pattern: string | undefined, line: number | undefined, reader: FieldReader): RegExp | undefined {
  try {
    return new RegExp(pattern ?? NAMING_DEFAULT);
  } catch (error) {
    reader.report(line, "naming", `"${pattern}" is no regular expression: ${(error as Error).message}.`);
    return undefined;
  }
}

function checkNaming(naming: RegExp, events: readonly DomainEvent[], places: Places, line: number | undefined, reader: FieldReader): void {
  const names = events.map(({ name }) => name).filter((name) => NAME_PATTERN.test(name));
  const wrong = misfits(naming, names);
  if (!wrong)
    reader.report(line, "naming", "Matching names with this pattern takes too long: it repeats what is repeated. Write a simpler one.");
  for (const name of wrong ?? [])
    reader.report(
      places.events.get(name),
      `events.${name}`,
      `"${name}" does not match the naming ${naming.source}; rename it, or say another naming.`,
    );
}

function checkName(name: string, path: string, line: number, reader: FieldReader): void {
  if (NAME_PATTERN.test(name) && name.length <= NAME_LENGTH_MAX && name !== "." && name !== "..") return;
  reader.report(
    line,
    path,
    `"${name.slice(0, 80)}" is no name for a topic or group; letters, digits, ".", "_" and "-" make one, ${NAME_LENGTH_MAX} at most.`,
  );
}
