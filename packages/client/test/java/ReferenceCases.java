import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.utils.Utils;

// Prints what Java's client computes, as JSON: hashes of keys, and assignments for groups drawn from a fixed seed.
// java -cp '<kafka-clients and slf4j jars>' packages/client/test/java/ReferenceCases.java > packages/client/test/reference-cases.json
public class ReferenceCases {
  public static void main(String[] args) throws Exception {
    StringBuilder out = new StringBuilder("{\n\"origin\": \"org.apache.kafka:kafka-clients 4.4.0, by test/java/ReferenceCases.java\",\n\"hashes\": [\n");
    Random random = new Random(42);
    List<String> rows = new ArrayList<>();
    for (String text : new String[] {"", "a", "ab", "abc", "abcd", "abcde", "key-1", "key-2", "Ottla", "žluťoučký kůň", "21", "foobar", "a-little-bit-long-string", "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"})
      rows.add(hash(text.getBytes(StandardCharsets.UTF_8)));
    for (int length = 0; length < 40; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      rows.add(hash(bytes));
    }
    out.append(String.join(",\n", rows)).append("\n],\n\"groups\": [\n");
    rows.clear();
    for (int i = 0; i < 60; i++) rows.add(group(random));
    System.out.print(out.append(String.join(",\n", rows)).append("\n]\n}\n"));
  }

  static String hash(byte[] bytes) {
    return "{\"hex\": \"" + HexFormat.of().formatHex(bytes) + "\", \"murmur2\": " + Utils.murmur2(bytes) + ", \"of7\": " + Utils.toPositive(Utils.murmur2(bytes)) % 7 + "}";
  }

  static String group(Random random) {
    int topicCount = 1 + random.nextInt(4), memberCount = 1 + random.nextInt(6);
    boolean sameTopics = random.nextBoolean();
    Map<String, Integer> counts = new TreeMap<>();
    List<PartitionInfo> infos = new ArrayList<>();
    Node node = new Node(0, "h", 1);
    for (int t = 0; t < topicCount; t++) {
      int n = 1 + random.nextInt(9);
      counts.put("t" + t, n);
      for (int p = 0; p < n; p++) infos.add(new PartitionInfo("t" + t, p, node, new Node[] {node}, new Node[] {node}));
    }
    Cluster cluster = new Cluster("c", List.of(node), infos, Set.of(), Set.of());
    Map<String, List<String>> topicsOf = new TreeMap<>();
    Map<String, String> instanceOf = new HashMap<>();
    for (int m = 0; m < memberCount; m++) {
      List<String> topics = new ArrayList<>();
      for (String topic : counts.keySet()) if (sameTopics || random.nextInt(3) > 0) topics.add(topic);
      if (topics.isEmpty()) topics.add("t0");
      String id = "m" + random.nextInt(1000);
      topicsOf.put(id, topics);
      if (random.nextInt(3) == 0) instanceOf.put(id, "i" + random.nextInt(1000));
    }
    Map<String, List<TopicPartition>> owned = new HashMap<>();
    // Two rounds: first with nothing owned, then with what cooperative-sticky gave, one member having come and one gone.
    StringBuilder text = new StringBuilder("{\"topics\": " + numbers(counts));
    text.append(",\n \"first\": ").append(round(cluster, topicsOf, instanceOf, owned, -1));
    Map<String, Assignment> before = assign(new CooperativeStickyAssignor(), cluster, topicsOf, instanceOf, owned, -1);
    before.forEach((id, a) -> owned.put(id, a.partitions()));
    if (topicsOf.size() > 1) topicsOf.remove(topicsOf.keySet().iterator().next());
    topicsOf.put("z" + random.nextInt(1000), new ArrayList<>(counts.keySet()));
    text.append(",\n \"second\": ").append(round(cluster, topicsOf, instanceOf, owned, 1));
    return text.append("}").toString();
  }

  static String round(Cluster cluster, Map<String, List<String>> topicsOf, Map<String, String> instanceOf, Map<String, List<TopicPartition>> owned, int generation) {
    StringBuilder text = new StringBuilder("{\"generation\": " + generation + ", \"members\": [");
    List<String> members = new ArrayList<>();
    topicsOf.forEach((id, topics) -> members.add("{\"id\": \"" + id + "\", \"instance\": " + (instanceOf.containsKey(id) ? "\"" + instanceOf.get(id) + "\"" : "null")
        + ", \"topics\": [\"" + String.join("\", \"", topics) + "\"], \"owned\": " + partitions(owned.getOrDefault(id, List.of())) + "}"));
    text.append(String.join(", ", members)).append("]");
    for (ConsumerPartitionAssignor assignor : List.of(new RangeAssignor(), new RoundRobinAssignor(), new CooperativeStickyAssignor())) {
      Map<String, Assignment> result = new TreeMap<>(assign(assignor, cluster, topicsOf, instanceOf, owned, generation));
      List<String> entries = new ArrayList<>();
      result.forEach((id, a) -> entries.add("\"" + id + "\": " + partitions(a.partitions())));
      text.append(",\n   \"" + assignor.name() + "\": {" + String.join(", ", entries) + "}");
    }
    return text.append("}").toString();
  }

  static Map<String, Assignment> assign(ConsumerPartitionAssignor assignor, Cluster cluster, Map<String, List<String>> topicsOf, Map<String, String> instanceOf, Map<String, List<TopicPartition>> owned, int generation) {
    Map<String, Subscription> subscriptions = new HashMap<>();
    topicsOf.forEach((id, topics) -> {
      boolean known = owned.containsKey(id);
      Subscription s = new Subscription(topics, ByteBuffer.allocate(4).putInt(0, known ? generation : -1), owned.getOrDefault(id, List.of()), known ? generation : -1, Optional.empty());
      if (instanceOf.containsKey(id)) s.setGroupInstanceId(Optional.of(instanceOf.get(id)));
      subscriptions.put(id, s);
    });
    return assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
  }

  static String partitions(List<TopicPartition> partitions) {
    List<String> texts = new ArrayList<>();
    for (TopicPartition p : partitions) texts.add("\"" + p.topic() + " " + p.partition() + "\"");
    return "[" + String.join(", ", texts) + "]";
  }

  static String numbers(Map<String, Integer> counts) {
    List<String> texts = new ArrayList<>();
    counts.forEach((k, v) -> texts.add("\"" + k + "\": " + v));
    return "{" + String.join(", ", texts) + "}";
  }
}
