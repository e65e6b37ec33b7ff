import { AclOperation, CLUSTER_NAME, ErrorCode, ResourceType } from "@ottla/protocol";
import type { Authorisation, Decision, Need, RequestContext } from "./handler.ts";
import type { AccessCheck } from "./security/access-check.ts";

/** Of APIs that Kafka lets everybody use. */
export const EVERYBODY = { needs: [] } as const;

const REFUSED_BY: Readonly<Record<number, number>> = {
  [ResourceType.TOPIC]: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  [ResourceType.GROUP]: ErrorCode.GROUP_AUTHORIZATION_FAILED,
  [ResourceType.CLUSTER]: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
  [ResourceType.TRANSACTIONAL_ID]: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  [ResourceType.DELEGATION_TOKEN]: ErrorCode.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
};

/** A need whose error is that of its type of resource. */
export function need(
  operation: keyof typeof AclOperation,
  resourceType: keyof typeof ResourceType,
  of: string,
  more: Partial<Pick<Need, "errorCode" | "note">> = {},
): Need {
  const type = ResourceType[resourceType];
  return {
    operation: AclOperation[operation],
    resourceType: type,
    of,
    errorCode: REFUSED_BY[type] ?? ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
    ...more,
  };
}

/** Whether a need is met for the resource of that name. */
export function isMet(access: AccessCheck, { operation, resourceType }: Need, name: string): boolean {
  return access.allows(operation, resourceType, name);
}

/** Everything or nothing: the request is refused as a whole unless all needs are met, the first that is not telling why. */
export function wholeRequest<Request, Response>(
  needs: readonly (readonly [Need, (request: Request) => string])[],
  refuse: (errorCode: number, request: Request, context: RequestContext) => Response | undefined,
): Authorisation<Request, Response> {
  return {
    needs: needs.map(([each]) => each),
    decide(context, request) {
      const unmet = needs.find(([each, nameOf]) => !isMet(context.access, each, nameOf(request)))?.[0];
      if (unmet === undefined) return { kind: "go-on", request };
      return { kind: "answer", response: refuse(unmet.errorCode, request, context) };
    },
  };
}

/** As {@link wholeRequest}, for what is asked of the cluster. */
export function ofCluster<Request, Response>(
  operation: keyof typeof AclOperation,
  refuse: (errorCode: number, request: Request, context: RequestContext) => Response | undefined,
): Authorisation<Request, Response> {
  return wholeRequest([[need(operation, "CLUSTER", "the cluster"), () => CLUSTER_NAME]], refuse);
}

/** What {@link eachItem} must know of a request and its answer. */
export interface ItemShape<Request, Response, Item, Refused> {
  /** What is asked for each item, unless {@link ItemShape.needOf} says what is. */
  readonly need: Need | readonly Need[];
  items(request: Request): readonly Item[];
  /** For items of several kinds; undefined: nothing is asked. */
  needOf?(item: Item): Need | undefined;
  /** Undefined: the item goes on, as the handler finds nothing behind it. */
  nameOf(item: Item, context: RequestContext): string | undefined;
  /** The request with these items alone. */
  narrow(request: Request, items: Item[]): Request;
  refuse(item: Item, errorCode: number, context: RequestContext): Refused;
  /** The answer with what was refused, at Kafka's place in the order. `weave` puts it among the handler's answers to the other items, in the order of the request. */
  join(response: Response, refused: readonly Refused[], weave: (answers: readonly Refused[]) => Refused[]): Response;
}

/** Item by item: what is refused leaves the request, and joins the answer with its error. */
export function eachItem<Request, Response, Item, Refused>(
  shape: ItemShape<Request, Response, Item, Refused>,
): Authorisation<Request, Response> {
  return { needs: needsOf(shape.need), decide: (context, request) => decideEach(shape, context, request) };
}

function needsOf(needs: Need | readonly Need[]): readonly Need[] {
  return "operation" in needs ? [needs] : needs;
}

/** What {@link eachItem} decides. */
export function decideEach<Request, Response, Item, Refused>(
  shape: ItemShape<Request, Response, Item, Refused>,
  context: RequestContext,
  request: Request,
): Decision<Request, Response> {
  const items = shape.items(request);
  const [only] = needsOf(shape.need);
  let refusedAt: Map<number, Refused> | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = items[at]!;
    const asked = shape.needOf ? shape.needOf(item) : only;
    if (asked === undefined) continue;
    const name = shape.nameOf(item, context);
    if (name === undefined || isMet(context.access, asked, name)) continue;
    (refusedAt ??= new Map()).set(at, shape.refuse(item, asked.errorCode, context));
  }
  if (refusedAt === undefined) return { kind: "go-on", request };
  const refused = refusedAt;
  const narrowed = shape.narrow(
    request,
    items.filter((_, at) => !refused.has(at)),
  );
  const weave = (answers: readonly Refused[]): Refused[] => {
    const others = answers[Symbol.iterator]();
    const woven: Refused[] = [];
    for (let at = 0; at < items.length; at++) {
      const own = refused.get(at) ?? others.next().value;
      if (own !== undefined) woven.push(own);
    }
    return woven;
  };
  return { kind: "go-on", request: narrowed, complete: (response) => response && shape.join(response, [...refused.values()], weave) };
}

/** One after the other: the first answer counts, and what each of them refuses joins the answer. */
export function inTurn<Request, Response>(...parts: readonly Authorisation<Request, Response>[]): Authorisation<Request, Response> {
  return {
    needs: parts.flatMap(({ needs }) => needs),
    decide(context, request) {
      let narrowed = request;
      const completions: ((response: Response | undefined) => Response | undefined)[] = [];
      for (const part of parts) {
        const decision = part.decide?.(context, narrowed);
        if (decision === undefined) continue;
        if (decision.kind === "answer") return decision;
        narrowed = decision.request;
        if (decision.complete) completions.push(decision.complete);
      }
      if (completions.length === 0) return { kind: "go-on", request: narrowed };
      return {
        kind: "go-on",
        request: narrowed,
        complete: (response) => completions.reduceRight((answer, complete) => complete(answer), response),
      };
    },
  };
}
