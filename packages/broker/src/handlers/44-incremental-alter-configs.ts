// IncrementalAlterConfigs v0-1. KIP-339. SET, DELETE, APPEND, SUBTRACT; resource type BROKER_LOGGER is refused: there are no single loggers.
import {
  type AlterConfigsResource,
  type AlterConfigsResourceResponse,
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsApi,
  makeAlterConfigsResourceResponse,
  makeIncrementalAlterConfigsResponse,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { alterResources } from "../config/alter-resources.ts";
import { decideConfigChange } from "../config/config-change.ts";
import { inheritedText } from "../config/config-resource.ts";
import { eachItem } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { refuseResource, TO_ALTER_CONFIGS } from "./altered-configs.ts";

export const incrementalAlterConfigsHandler: Handler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> = {
  api: incrementalAlterConfigsApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: eachItem<
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    AlterConfigsResource,
    AlterConfigsResourceResponse
  >({
    ...TO_ALTER_CONFIGS,
    items: ({ resources }) => resources,
    narrow: (request, resources) => ({ ...request, resources }),
    refuse: (resource, errorCode) => makeAlterConfigsResourceResponse(refuseResource(resource, errorCode)),
    join: (response, _, weave) => ({ ...response, responses: weave(response.responses) }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const {
      broker,
      session: { nodeId },
    } = context;
    const altered = await alterResources<AlterConfigsResource>(
      context,
      request.resources,
      request.validateOnly,
      ({ configs }, resource) => {
        const edits = configs.map(({ name, configOperation, value }) => ({ name, operation: configOperation, value }));
        return decideConfigChange(
          resource.keyOf,
          broker.metadata.configs(resource.kind, resource.name),
          edits,
          inheritedText(broker, resource, nodeId),
        );
      },
    );
    return makeIncrementalAlterConfigsResponse({ responses: altered.map(makeAlterConfigsResourceResponse) });
  },
};
