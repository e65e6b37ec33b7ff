import { type Api, encodeRequest } from "@ottla/protocol";
import { type AnyHandler, DEFAULT_MAX_REQUEST_BYTES, DEFAULT_MAX_REQUEST_ELEMENTS } from "../../packages/broker/src/handler.ts";
import { inVersions, loadSubjects, type SpecField, type Subject, type Values } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { defaultValue } from "../../packages/protocol/src/spec-tests/spec-values.ts";

/** One large request. */
export interface RequestCase {
  readonly name: string;
  readonly frame: Buffer;
}

/** What the cluster holds that requests may name. */
export interface KnownNames {
  readonly topic: string;
  readonly partitions: number;
  readonly topicId: string;
}

/** How the elements of the repeated field are: things that there are, or things that there are not, all different. */
type Kind = "known" | "unknown";

/** Requests that carry records may be very large; the part beside the records is what this sweep is about. */
const RECORDS_REQUEST_BYTES = 8 * 1024 * 1024;
/** What is known must not go away in the middle of the sweep. */
const destroying: ReadonlySet<string> = new Set(["DeleteTopics"]);

/**
 * The largest requests of an API, in one version: for each repeated field as many elements as its handler lets in, naming what there is and what there is not, with and without
 * elements in the fields below; and one that has too many.
 */
export async function requestCases(handler: AnyHandler, version: number, names: KnownNames): Promise<RequestCase[]> {
  const subject = (await loadSubjects()).find((one) => one.name === `${handler.api.name}Request`)!;
  const maxElements = handler.maxRequestElements ?? DEFAULT_MAX_REQUEST_ELEMENTS;
  const maxBytes = handler.maxRequestBytes === "records" ? RECORDS_REQUEST_BYTES : (handler.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES);
  const cases: RequestCase[] = [];
  for (const path of repeatedFields(subject, subject.fields, version)) {
    const label = path.map(({ name }) => name).join(".");
    for (const kind of ["known", "unknown"] as const) {
      if (kind === "known" && destroying.has(handler.api.name)) continue;
      const build = new RequestBuilder(subject, version, names, kind);
      for (const children of build.hasChildren(path.at(-1)!) ? [0, 1] : [0]) {
        const most = Math.floor((maxElements - path.length) / (1 + children * build.childFields(path.at(-1)!)));
        const { frame, count } = fill(handler.api, version, maxBytes, most, (elements) => build.message(path, elements, children));
        cases.push({ name: `${handler.api.name} ${version}: ${count} ${kind} ${label}${children ? ", each with one below" : ""}`, frame });
      }
    }
  }
  const first = repeatedFields(subject, subject.fields, version)[0];
  if (first) {
    const build = new RequestBuilder(subject, version, names, "unknown");
    const { frame, count } = fill(handler.api, version, maxBytes, maxElements * 2, (elements) => build.message(first, elements, 0));
    if (count > maxElements)
      cases.push({ name: `${handler.api.name} ${version}: ${count} ${first[0]!.name}, more than it may have`, frame });
  }
  return cases;
}

function fill(api: Api<unknown, unknown>, version: number, maxBytes: number, most: number, message: (elements: number) => Values) {
  for (let count = most; ; ) {
    const frame = Buffer.concat(encodeRequest(api, version, 1, "stalls", message(count)));
    if (frame.length - 4 <= maxBytes) return { frame, count };
    count = Math.floor((count * maxBytes * 0.98) / frame.length);
  }
}

/** Paths to every array, the outermost field first. */
function repeatedFields(subject: Subject, fields: readonly SpecField[], version: number): SpecField[][] {
  return fields.flatMap((field) => {
    if (!inVersions(field.versions, version)) return [];
    const below = subject.structs.get(field.type.replace("[]", ""));
    const deeper = below ? repeatedFields(subject, below, version).map((path) => [field, ...path]) : [];
    return field.type.startsWith("[]") ? [[field], ...deeper] : deeper;
  });
}

class RequestBuilder {
  readonly #subject: Subject;
  readonly #version: number;
  readonly #names: KnownNames;
  readonly #kind: Kind;

  constructor(subject: Subject, version: number, names: KnownNames, kind: Kind) {
    this.#subject = subject;
    this.#version = version;
    this.#names = names;
    this.#kind = kind;
  }

  hasChildren(field: SpecField): boolean {
    return this.childFields(field) > 0;
  }

  /** How many arrays an element of the field has. */
  childFields(field: SpecField): number {
    const fields = this.#subject.structs.get(field.type.replace("[]", "")) ?? [];
    return fields.filter(({ type, versions }) => type.startsWith("[]") && inVersions(versions, this.#version)).length;
  }

  /** A message whose arrays along the path have one element each, and the last `count`. */
  message(path: readonly SpecField[], count: number, children: number): Values {
    return this.#struct(this.#subject.fields, path, count, children, 0);
  }

  #struct(fields: readonly SpecField[], path: readonly SpecField[], count: number, children: number, index: number): Values {
    const values: Record<string, unknown> = {};
    for (const field of fields) values[field.name] = this.#field(field, path, count, children, index);
    return { ...values, unknownTaggedFields: undefined };
  }

  #field(field: SpecField, path: readonly SpecField[], count: number, children: number, index: number): unknown {
    if (!inVersions(field.versions, this.#version)) return defaultValue(this.#subject, field);
    const [onPath, ...rest] = path;
    const below = this.#subject.structs.get(field.type.replace("[]", ""));
    const element = (at: number, deeper: readonly SpecField[], more: number): unknown =>
      below ? this.#struct(below, deeper, count, more, at) : this.#scalar(field, at);
    if (!field.type.startsWith("[]")) {
      if (below === undefined) return this.#scalar(field, index);
      return inVersions(field.nullable, this.#version) && field !== onPath ? null : element(index, field === onPath ? rest : [], children);
    }
    if (field === onPath)
      return rest.length > 0 ? [element(0, rest, children)] : Array.from({ length: count }, (_, at) => element(at, [], children));
    return path.length === 0 && children > 0 ? [element(index, [], 0)] : [];
  }

  #scalar(field: SpecField, index: number): unknown {
    const known = this.#kind === "known";
    const type = field.type.replace("[]", "");
    const fixed = fixedValues[field.name];
    if (fixed !== undefined) return fixed;
    if (type === "string") return known ? this.#names.topic : `u${index}`;
    if (type === "uuid") return known ? this.#names.topicId : uuidOf(index);
    if (type === "int32" && /partition|index/i.test(field.name)) return known ? index % this.#names.partitions : index;
    if (type === "int32" && /replica|broker/i.test(field.name)) return 1;
    if (type === "int8" && field.name === "resourceType") return 2;
    return defaultValue(this.#subject, { ...field, type });
  }
}

/** Nothing is changed, and nothing waits. */
const fixedValues: Readonly<Record<string, unknown>> = {
  validateOnly: true,
  validateOnlyField: true,
  acks: 1,
  timeoutMs: 1000,
  maxWaitMs: 0,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 100,
  maxBytes: 1_000_000,
  partitionMaxBytes: 1000,
  protocolType: "consumer",
  clientSoftwareName: "stalls",
  clientSoftwareVersion: "1",
  replicaId: -1,
  sessionId: 0,
  sessionEpoch: -1,
  timestamp: -1,
};

function uuidOf(index: number): string {
  const bytes = Buffer.alloc(16, 7);
  bytes.writeInt32BE(index);
  return bytes.toString("base64url");
}
