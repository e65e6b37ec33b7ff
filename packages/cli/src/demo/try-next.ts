/** What a person may do now, in three lines that can be copied. */
export function tryNext(bootstrap: string): string {
  const server = bootstrap === "127.0.0.1:9092" ? "" : ` -b ${bootstrap}`;
  return `
The broker stays up and the group goes on counting; Ctrl-C stops both, the data stays. Try next:
  npx ottla consume airport-delays --from-beginning --max-messages 5${server}
  kcat -b ${bootstrap} -C -t flights -o -3 -e
  kafkajs: new Kafka({ brokers: ["${bootstrap.split(",").join('", "')}"] }).consumer({ groupId: "mine" })
`;
}
