import type { RequestContext } from "../handler.ts";
import type { MutationQuota } from "../quotas/mutation-quota.ts";

/** What whoever asks may have made of topics that it names, or whose application needs them. */
export function creationQuota({ broker, session, clientId }: RequestContext): MutationQuota {
  const of = { user: session.principal.name, clientId: clientId ?? "", isStrict: true };
  return broker.quotas.mutations(of, () => broker.clock.monotonicMs());
}
