import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { refusal, unsettledState } from "./answers.ts";
import { CLAIM_HEADER } from "./forward-request.ts";
import { bodyOf, changesSomething, type LedApi } from "./led-api.ts";

/** A registry that is followed by another one when it fails. */
export interface FollowedRegistry {
  /** The one that answers now. What it throws is answered. */
  readonly current: Registry;
  /** Whether another one than this answers, after a while. */
  renewed(failed: Registry): Promise<boolean>;
}

/** What the API of a followed registry stands on. */
export interface FollowedApiOptions {
  readonly registry: FollowedRegistry;
  /** The API of one of them. */
  readonly apiOf: (registry: Registry) => LedApi;
  readonly maxBodyBytes: number;
}

/** So many registries may fail under a request before it is told to come again. */
const MAX_REGISTRIES = 3;

/**
 * The API of whichever registry answers now. A request that meets one that failed waits for the one that follows it, and is carried out there. One under which it failed is sent again to the next, also when nobody
 * knows whether it was carried out: whoever registers or sets something twice has what he wanted, and only a deletion would then be told that there is nothing to delete.
 */
export function followedApi({ registry, apiOf, maxBodyBytes }: FollowedApiOptions): (request: Request) => Promise<Response> {
  let known: { readonly registry: Registry; readonly api: LedApi } | undefined;
  const currentApi = (): { readonly registry: Registry; readonly api: LedApi } => {
    const { current } = registry;
    if (known?.registry !== current) known = { registry: current, api: apiOf(current) };
    return known;
  };
  return async (request) => {
    try {
      // Who brings it from another instance has better to do than to wait for this one.
      if (request.headers.has(CLAIM_HEADER)) return await currentApi().api(request);
      if (registry.current.isFailed) await registry.renewed(registry.current);
      if (!changesSomething(request)) return await currentApi().api(request);
      const body = await bodyOf(request, maxBodyBytes);
      for (let registries = 1; ; registries++) {
        const { registry: asked, api } = currentApi();
        const response = await api(request, body);
        const state = unsettledState(response);
        const isFinal = state === undefined || (state === "unknown" && request.method === "DELETE");
        if (isFinal || registries === MAX_REGISTRIES || !(await registry.renewed(asked))) return response;
      }
    } catch (error) {
      if (error instanceof RegistryError) return refusal(error);
      throw error;
    }
  };
}
