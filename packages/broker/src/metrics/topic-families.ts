import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import type { Traffic } from "../partitions/topic-traffic.ts";
import { type MBean, meter, topicLabel } from "./mbean-families.ts";

/** What `kafka.server:type=BrokerTopicMetrics` counts: of all topics (without a label), and of each. */
export function topicFamilies({ partitions }: BrokerState): MetricFamily[] {
  const counted = (name: string, help: string, pick: (traffic: Traffic) => number): MetricFamily[] => {
    const bean: MBean = ["server", "BrokerTopicMetrics", name];
    return meter(bean, help, function* (sink) {
      sink("", pick(partitions.allTraffic));
      for (const [topic, traffic] of partitions.traffic) {
        sink(topicLabel(topic), pick(traffic));
        yield;
      }
    });
  };
  return [
    ...counted("MessagesInPerSec", "Records written.", (traffic) => traffic.messagesIn),
    ...counted("BytesInPerSec", "Bytes of batches written.", (traffic) => traffic.bytesIn),
    ...counted("BytesOutPerSec", "Bytes of batches read by clients.", (traffic) => traffic.bytesOut),
    ...counted("TotalProduceRequestsPerSec", "Writes, one per request and partition.", (traffic) => traffic.produceRequests),
    ...counted("FailedProduceRequestsPerSec", "Writes that were refused.", (traffic) => traffic.failedProduceRequests),
    ...counted("TotalFetchRequestsPerSec", "Reads, one per answer and partition.", (traffic) => traffic.fetchRequests),
    ...counted("FailedFetchRequestsPerSec", "Reads that were refused.", (traffic) => traffic.failedFetchRequests),
  ];
}
