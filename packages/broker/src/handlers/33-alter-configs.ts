// AlterConfigs v0-2. KIP-133; deprecated since IncrementalAlterConfigs. Replaces a resource's whole set of overrides.
import {
  type AlterConfigsRequest,
  type AlterConfigsResource,
  type AlterConfigsResourceResponse,
  type AlterConfigsResponse,
  alterConfigsApi,
  makeAlterConfigsResourceResponse,
  makeAlterConfigsResponse,
} from "@ottla/protocol/apis/alter-configs";
import { alterResources } from "../config/alter-resources.ts";
import { decideConfigReplacement } from "../config/config-change.ts";
import { eachItem } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { refuseResource, TO_ALTER_CONFIGS } from "./altered-configs.ts";

export const alterConfigsHandler: Handler<AlterConfigsRequest, AlterConfigsResponse> = {
  api: alterConfigsApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: eachItem<AlterConfigsRequest, AlterConfigsResponse, AlterConfigsResource, AlterConfigsResourceResponse>({
    ...TO_ALTER_CONFIGS,
    items: ({ resources }) => resources,
    narrow: (request, resources) => ({ ...request, resources }),
    refuse: (resource, errorCode) => makeAlterConfigsResourceResponse(refuseResource(resource, errorCode)),
    join: (response, _, weave) => ({ ...response, responses: weave(response.responses) }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const altered = await alterResources<AlterConfigsResource>(context, request.resources, request.validateOnly, ({ configs }, resource) =>
      decideConfigReplacement(resource.keyOf, configs),
    );
    return makeAlterConfigsResponse({ responses: altered.map(makeAlterConfigsResourceResponse) });
  },
};
