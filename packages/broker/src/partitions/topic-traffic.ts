/** What went in and out since the start, of one topic or of all. */
export interface Traffic {
  readonly bytesIn: number;
  readonly messagesIn: number;
  readonly bytesOut: number;
  readonly produceRequests: number;
  readonly failedProduceRequests: number;
  readonly fetchRequests: number;
  readonly failedFetchRequests: number;
}

/** Counts of one topic; what is added here is added to those of all topics, which outlive it. A request counts once for each of its partitions, as in Kafka. */
export class TopicTraffic implements Traffic {
  bytesIn = 0;
  messagesIn = 0;
  bytesOut = 0;
  produceRequests = 0;
  failedProduceRequests = 0;
  fetchRequests = 0;
  failedFetchRequests = 0;
  readonly #all: TopicTraffic | undefined;

  constructor(all?: TopicTraffic) {
    this.#all = all;
  }

  appended(bytes: number, records: number): void {
    this.produceRequests++;
    this.bytesIn += bytes;
    this.messagesIn += records;
    this.#all?.appended(bytes, records);
  }

  refused(): void {
    this.produceRequests++;
    this.failedProduceRequests++;
    this.#all?.refused();
  }

  fetched(bytes: number): void {
    this.fetchRequests++;
    this.bytesOut += bytes;
    this.#all?.fetched(bytes);
  }

  fetchFailed(): void {
    this.fetchRequests++;
    this.failedFetchRequests++;
    this.#all?.fetchFailed();
  }
}
