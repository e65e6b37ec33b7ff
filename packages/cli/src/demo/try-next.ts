import { DEFAULT_REGISTRY_URL } from "../registry/registry-options.ts";

/** What a person may do now, in lines that can be copied. */
export function tryNext(
  { bootstrap, registry, statistics }: { readonly bootstrap: string; readonly registry: string | undefined; readonly statistics: string },
  keepsData: boolean,
): string {
  const [server = bootstrap] = bootstrap.split(",");
  const option = server === "127.0.0.1:9092" ? "" : ` -b ${server}`;
  const registryOption = registry === undefined || registry === DEFAULT_REGISTRY_URL ? "" : ` --registry-url ${registry}`;
  const flights =
    registry === undefined
      ? ""
      : `  npx ottla consume flights --from-beginning --max-messages 5 --deserialize${option}${registryOption}\n  npx ottla schemas get flights-value${registryOption}\n`;
  return `
The broker stays up and the topology goes on counting; Ctrl-C stops both, ${keepsData ? "the data stays" : "and the data goes"}. Try next:
${flights}  curl '${statistics}/v1/stores/daily-delays/windows/ORD?limit=7'
  npx ottla consume airport-delays --from-beginning --max-messages 5${option}
  npx ottla doctor --profile prod --only TOP --fix plan.yaml${option}; npx ottla apply plan.yaml${option}
  kcat -b ${server} -C -t airport-delays -o -3 -e
  kafkajs: new Kafka({ brokers: ["${server}"] }).consumer({ groupId: "mine" })
`;
}
