import { type FakeAnswer, type FakeHttp, startFakeHttp } from "../fake-http.ts";

/** A document as the fake keeps it; deleted ones keep their version. */
interface Kept {
  readonly source: Readonly<Record<string, unknown>> | undefined;
  readonly version: number;
}

/** A server that understands `_bulk` as Elasticsearch does, as far as the sink goes: external versions, mappings that are learned and then hold, data streams that only take what is new, limits. No searching. */
export interface FakeElasticsearch extends FakeHttp {
  /** The documents of an index by their ids. */
  documents(index: string): Readonly<Record<string, unknown>>;
}

export interface ElasticsearchFaults {
  /** In place of an answer; undefined: none. */
  readonly request?: () => FakeAnswer | undefined;
  /** An item's status in place of doing it: the queue is full, or what is said beside it. */
  readonly item?: () => number | { readonly status: number; readonly type: string; readonly reason: string } | undefined;
  readonly bytesMax?: number;
}

export async function startFakeElasticsearch(faults: ElasticsearchFaults = {}): Promise<FakeElasticsearch> {
  const indices = new Map<string, { readonly documents: Map<string, Kept>; readonly mapping: Map<string, string> }>();
  const indexOf = (name: string) => {
    const found = indices.get(name) ?? { documents: new Map<string, Kept>(), mapping: new Map<string, string>() };
    indices.set(name, found);
    return found;
  };
  const refused = (status: number, type: string, reason: string) => ({ status, error: { type, reason } });
  const mapped = (mapping: Map<string, string>, source: Readonly<Record<string, unknown>>) => {
    for (const [field, value] of Object.entries(source)) {
      if (field === "@timestamp") continue;
      const type = typeof value;
      const known = mapping.get(field) ?? type;
      if (value !== null && known === "number" && type !== "number")
        return refused(400, "document_parsing_exception", `failed to parse field [${field}] of type [long]`);
      mapping.set(field, known);
    }
    return undefined;
  };
  const act = (kind: string, meta: Readonly<Record<string, unknown>>, body: Readonly<Record<string, unknown>> | undefined) => {
    const fault = faults.item?.();
    if (typeof fault === "number") return refused(fault, "es_rejected_execution_exception", "queue full");
    if (fault !== undefined) return refused(fault.status, fault.type, fault.reason);
    const {
      _index,
      _id,
      version,
      version_type: versionType,
    } = meta as { _index: string; _id: string; version?: number; version_type?: string };
    const isStream = /^(?:logs|metrics)-/.test(_index);
    if (isStream && kind !== "create")
      return refused(400, "illegal_argument_exception", "only write ops with an op_type of create are allowed in data streams");
    const { documents, mapping } = indexOf(_index);
    const old = documents.get(_id);
    if (versionType === "external" && old !== undefined && old.version >= version!)
      return refused(
        409,
        "version_conflict_engine_exception",
        `current version [${old.version}] is higher or equal to the one provided [${version}]`,
      );
    const next = versionType === "external" ? version! : (old?.version ?? 0) + 1;
    if (kind === "delete") {
      documents.set(_id, { source: undefined, version: next });
      return { status: old?.source === undefined ? 404 : 200 };
    }
    if (kind === "create" && old?.source !== undefined) return refused(409, "version_conflict_engine_exception", "document already exists");
    if (isStream && body?.["@timestamp"] === undefined)
      return refused(400, "document_parsing_exception", "data stream timestamp field [@timestamp] is missing");
    const source = kind === "update" ? { ...old?.source, ...(body?.["doc"] as object) } : (body ?? {});
    const wrong = mapped(mapping, source);
    if (wrong !== undefined) return wrong;
    documents.set(_id, { source, version: next });
    return { status: old?.source === undefined ? 201 : 200 };
  };
  const http = await startFakeHttp(({ method, url, headers, body }): FakeAnswer => {
    const fault = faults.request?.();
    if (fault !== undefined) return fault;
    if (method !== "POST" || !url.startsWith("/_bulk") || headers["content-type"] !== "application/x-ndjson") return { status: 406 };
    if (body.length > (faults.bytesMax ?? 100_000_000)) return { status: 413 };
    const lines = body.split("\n");
    if (lines.pop() !== "") return { status: 400, body: "The bulk request must be terminated by a newline [\\n]" };
    const items: object[] = [];
    for (let at = 0; at < lines.length; ) {
      const [kind = "", meta = {}] = Object.entries(JSON.parse(lines[at++]!) as Record<string, Record<string, unknown>>)[0] ?? [];
      const document = kind === "delete" ? undefined : (JSON.parse(lines[at++]!) as Record<string, unknown>);
      items.push({ [kind]: act(kind, meta, document) });
    }
    return { body: { errors: true, items } };
  });
  return {
    ...http,
    documents: (index) =>
      Object.fromEntries(
        [...(indices.get(index)?.documents ?? [])].filter(([, { source }]) => source !== undefined).map(([id, { source }]) => [id, source]),
      ),
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}
