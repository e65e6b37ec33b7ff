import { ApiKey } from "@ottla/protocol";
import {
  alterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsRequest,
  makeAlterConfigsResource,
} from "@ottla/protocol/apis/alter-configs";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig as makeIncrement,
  makeIncrementalAlterConfigsRequest,
  makeAlterConfigsResource as makeIncrementedResource,
} from "@ottla/protocol/apis/incremental-alter-configs";
import type { ScriptContext } from "../script-context.ts";
import type { StepKind } from "../step.ts";
import { configNames, randomConfig, randomGroupConfig } from "./config-values.ts";
import { waitForConfigs } from "./settle.ts";

const TOPIC = 2;
const BROKER = 4;
const BROKER_LOGGER = 8;
const GROUP = 32;

function randomResource(context: ScriptContext): { readonly resourceType: number; readonly resourceName: string } {
  if (context.random.chance(0.1)) {
    return context.random.pick([
      { resourceType: 99, resourceName: "x" },
      { resourceType: BROKER, resourceName: "77" },
      { resourceType: BROKER, resourceName: "one" },
      { resourceType: 0, resourceName: "" },
      { resourceType: GROUP, resourceName: context.named("g0") },
      { resourceType: GROUP, resourceName: context.named("c0") },
      { resourceType: BROKER_LOGGER, resourceName: "77" },
    ]);
  }
  return { resourceType: TOPIC, resourceName: context.topicName() };
}

const describeConfigs: StepKind = {
  name: "describe configs",
  weight: 4,
  keys: [ApiKey.DescribeConfigs],
  async run(context) {
    const { random } = context;
    const resources = Array.from({ length: 1 + random.nextInt(2) }, () => {
      const keys = random.chance(0.2) ? null : Array.from({ length: random.nextInt(4) }, () => random.pick(configNames));
      return makeDescribeConfigsResource({ ...randomResource(context), configurationKeys: keys });
    });
    const request = makeDescribeConfigsRequest({
      resources,
      includeSynonyms: random.chance(0.5),
      includeDocumentation: random.chance(0.1),
    });
    await context.ask(describeConfigsApi, context.version(describeConfigsApi, request.includeDocumentation ? 3 : 1), request);
  },
};

const alterConfigs: StepKind = {
  name: "alter configs",
  weight: 1,
  keys: [ApiKey.AlterConfigs],
  async run(context) {
    const { random } = context;
    const configs = Array.from({ length: random.nextInt(3) }, () => makeAlterableConfig(randomConfig(random)));
    // Not the same one twice: Kafka never answers that.
    const resources = [makeAlterConfigsResource({ ...randomResource(context), configs })];
    const request = makeAlterConfigsRequest({ resources, validateOnly: random.chance(0.2) });
    await context.ask(alterConfigsApi, context.version(alterConfigsApi), request);
    if (!request.validateOnly) await waitForConfigs(context);
  },
};

const incrementalAlterConfigs: StepKind = {
  name: "change configs",
  weight: 3,
  keys: [ApiKey.IncrementalAlterConfigs],
  async run(context) {
    const { random } = context;
    const of = random.chance(0.25)
      ? { resourceType: GROUP, resourceName: context.named(`c${random.nextInt(2)}`) }
      : randomResource(context);
    const randomSetting = of.resourceType === GROUP ? randomGroupConfig : randomConfig;
    const configs = Array.from({ length: 1 + random.nextInt(2) }, () =>
      makeIncrement({ ...randomSetting(random), configOperation: context.mostly(random.nextInt(2), [2, 3, 4, -1], 0.3) }),
    );
    const resource = makeIncrementedResource({ ...of, configs });
    const resources = random.chance(0.05) ? [resource, resource] : [resource];
    const request = makeIncrementalAlterConfigsRequest({ resources, validateOnly: random.chance(0.2) });
    await context.ask(incrementalAlterConfigsApi, context.version(incrementalAlterConfigsApi), request);
    if (!request.validateOnly) await waitForConfigs(context);
  },
};

export const configSteps: readonly StepKind[] = [describeConfigs, alterConfigs, incrementalAlterConfigs];
