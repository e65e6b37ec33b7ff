import { OttlaError, TimeSlice } from "@ottla/base";
import { applicationTopics, whyFromOutside } from "@ottla/streams/operate";
import { Hono } from "hono";
import { z } from "zod";
import { visitorOf } from "../access/visitor.ts";
import { KeptAnswers } from "../services/kept-answers.ts";
import { askApplication } from "../streams/application-http.ts";
import { type ApplicationMember, describeApplication, subtopologiesOf, type ToldTopology } from "../streams/application-view.ts";
import { streamsGroups } from "../streams/streams-groups.ts";
import type { ClusterWatch } from "../watch/cluster-watch.ts";
import type { GroupRow } from "../watch/group-watch.ts";
import { pageOf } from "../watch/page-of.ts";
import { type Refusal, refusalOf } from "./answers.ts";
import type { ConsoleContext } from "./console-context.ts";
import { pageQueryOf } from "./page-query.ts";

const CALL_TIMEOUT_MS = 10_000;
const MEMBERS_SHOWN_MAX = 1_000;
/** Instances that are asked by HTTP for one page. */
const INSTANCES_ASKED_MAX = 5;
const ROWS_SHOWN = 50;
/** However many look at an application, it is asked so often; of so many applications the last look is kept. */
const LOOK_FRESH_MS = 3_000;
const LOOKS_KEPT_MAX = 50;
const REQUESTS_PER_LOOK = 8;

const rowsShape = z.object({
  id: z.string().max(300),
  store: z.string().max(300),
  kind: z.enum(["keyValue", "versioned", "window", "session"]).default("keyValue"),
  key: z.string().max(10_000).default(""),
});

/** Applications of Kafka Streams, of both protocols: their topology, members, lag and stores; what their stores hold, where an instance answers by HTTP. */
export function streamsRoutes(context: ConsoleContext) {
  const { client, watch, clock, masking } = context;
  const looks = new KeptAnswers<Awaited<ReturnType<typeof lookAt>>>(clock, LOOK_FRESH_MS / watch.rate, LOOKS_KEPT_MAX);
  return new Hono()
    .get("/streams", async (c) => {
      await watch.seen();
      const page = await pageOf(new TimeSlice(clock), streamsGroups(watch), ({ groupId }) => groupId, column, pageQueryOf(c.req.query()));
      watch.groups.want(
        page.rows.map(({ groupId }) => groupId),
        clock.monotonicMs(),
      );
      return c.json({ ...page, seenAtMs: watch.groups.seenAtMs ?? null, notSeen: watch.groups.failure ?? null });
    })
    .get("/streams/application", async (c) => {
      await watch.seen();
      const id = c.req.query("id") ?? "";
      const row = watch.groups.row(id);
      if (row === undefined)
        throw new OttlaError("UNKNOWN_GROUP", `There is no application "${id}"; its group may have been deleted, or was never there.`);
      watch.groups.want([id], clock.monotonicMs());
      const { application, why, instances } = await looks.get(id, () => lookAt(context, id));
      const own = applicationTopics(
        id,
        watch.topics.rows().map(({ name }) => name),
      );
      const lag = lagOfGroup(watch, id);
      const subtopologies = subtopologiesOf(application, instances.topology, id, own, [...(lag?.byTopic.keys() ?? [])]);
      const topics = [...new Set(subtopologies.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))];
      return c.json({
        group: row,
        protocol: application.protocol,
        state: application.state,
        assignor: application.assignor,
        groupEpoch: application.groupEpoch ?? null,
        topologyEpoch: application.topologyEpoch ?? null,
        members: application.members.slice(0, MEMBERS_SHOWN_MAX),
        memberCount: application.members.length,
        subtopologies,
        topics: topics.map((name) => ({ name, perS: watch.topics.get(name)?.perS ?? null, lag: lag?.byTopic.get(name) ?? null })),
        lag: lag?.report ?? null,
        points: watch.groups.points(id),
        stores:
          instances.stores ??
          subtopologies.flatMap(({ id: sub, stores }) => stores.map((name) => ({ name, kind: null, subtopology: sub, partitions: [] }))),
        restores: instances.restores,
        why: instances.why ?? why ?? null,
        http: instances.refused,
      });
    })
    .get("/streams/rows", async (c) => {
      masking.requireUnmasked(visitorOf(c), "What a store holds");
      watch.touch();
      const { id, store, kind, key } = rowsShape.parse(c.req.query());
      watch.budget.note(2);
      const { members } = await describeApplication(client.admin(), id, CALL_TIMEOUT_MS);
      const servers = serversOf(members);
      if (servers.length === 0)
        throw new OttlaError(
          "APPLICATION_AWAY",
          `No instance of ${id} says where it can be asked by HTTP; it does where it calls app.serve().`,
        );
      const answer = await askApplication<Rows>(servers[0]!, pathOf(store, kind, key));
      return c.json({
        server: servers[0]!,
        rows: "rows" in answer && Array.isArray(answer.rows) ? answer.rows.slice(0, ROWS_SHOWN) : [answer],
      });
    });
}

/** What the coordinator, the cluster and the instances tell of an application. */
async function lookAt({ client, watch, clock }: ConsoleContext, id: string) {
  watch.budget.note(REQUESTS_PER_LOOK);
  const admin = client.admin();
  const [application, why] = await Promise.all([
    describeApplication(admin, id, CALL_TIMEOUT_MS),
    whyFromOutside(admin, id, clock.nowMs()).catch(() => undefined),
  ]);
  return { application, why, instances: await askedInstances(application.members) };
}

type Rows = { readonly rows: readonly object[] } | object;

interface ToldStore {
  readonly name: string;
  readonly kind: string;
  readonly keySerde: string;
  readonly valueSerde: string;
  readonly isGlobal: boolean;
  readonly partitions: readonly {
    readonly partition: number;
    readonly applicationServer: string | null;
    readonly standbys: readonly string[];
    readonly here: readonly { readonly role: string; readonly isRestoring: boolean; readonly lag: number; readonly position: number }[];
  }[];
}

interface Told {
  readonly topology: ToldTopology | undefined;
  readonly stores: readonly ToldStore[] | undefined;
  readonly restores: readonly { readonly store: string; readonly partition: number; readonly position: number; readonly end: number }[];
  readonly why: readonly { readonly code: string; readonly text: string }[] | undefined;
  /** Why nothing was told by HTTP; null where something was. */
  readonly refused: Refusal | null;
}

/** What instances say by HTTP: of the first that answers its topology and stores, of several what they restore. */
async function askedInstances(members: readonly ApplicationMember[]): Promise<Told> {
  const servers = serversOf(members).slice(0, INSTANCES_ASKED_MAX);
  const nothing = { topology: undefined, stores: undefined, restores: [], why: undefined };
  if (servers.length === 0)
    return {
      ...nothing,
      refused: { code: "APPLICATION_AWAY", message: "No instance says where it can be asked by HTTP; it does where it calls app.serve()." },
    };
  let refused: Refusal | null = null;
  for (const server of servers)
    try {
      const [{ stores }, topology, why, ...health] = await Promise.all([
        askApplication<{ readonly stores: readonly ToldStore[] }>(server, "/v1/stores"),
        askApplication<ToldTopology>(server, "/v1/topology").catch(() => undefined),
        askApplication<{ readonly reasons: NonNullable<Told["why"]> }>(server, "/v1/why").catch(() => undefined),
        ...servers.map((each) => askApplication<{ readonly restores?: Told["restores"] }>(each, "/v1/application").catch(() => undefined)),
      ]);
      const restores = health.flatMap((each) => each?.restores ?? []);
      return { topology, stores, restores, why: why?.reasons, refused: null };
    } catch (error) {
      const { code, message } = refusalOf(error);
      refused = { code, message };
    }
  return { ...nothing, refused };
}

function serversOf(members: readonly ApplicationMember[]): readonly string[] {
  return [...new Set(members.flatMap(({ applicationServer }) => applicationServer ?? []))];
}

function pathOf(store: string, kind: z.infer<typeof rowsShape>["kind"], key: string): `/v1/${string}` {
  const base = `/v1/stores/${encodeURIComponent(store)}` as const;
  const own = key === "" ? "" : `/${encodeURIComponent(key)}`;
  const what = { keyValue: "keys", versioned: "keys", window: "windows", session: "sessions" }[kind];
  return `${base}/${what}${own}?limit=${ROWS_SHOWN}`;
}

/** How far the group is behind, in whole and in each topic. */
function lagOfGroup(watch: ClusterWatch, id: string) {
  const report = watch.groups.report(id);
  if (report === undefined) return undefined;
  const byTopic = new Map<string, number>();
  for (const { topic, lag } of report.partitions) byTopic.set(topic, (byTopic.get(topic) ?? 0) + (lag ?? 0));
  const { totalLag, producedPerS, consumedPerS, drainS, status } = report;
  return { byTopic, report: { totalLag, producedPerS, consumedPerS, drainS, status } };
}

function column(row: GroupRow, name: string): string | number | undefined {
  const key = name === "name" ? "groupId" : name;
  const value = Object.hasOwn(row, key) ? row[key as keyof GroupRow] : undefined;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
