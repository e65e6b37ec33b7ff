import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Java's range assignor of consumers over cases from standard input, one answer each to standard output. Lines of a case: `topic NAME RACKS;RACKS;…` (the racks of each
 * partition's replicas, a comma between, `-` for none), `member ID RACK TOPICS`, `end`.
 */
public final class ClientAssignorCases {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static final class Case {
        final Map<String, Node> nodes = new HashMap<>();
        final List<PartitionInfo> partitions = new ArrayList<>();
        final Map<String, Subscription> members = new LinkedHashMap<>();

        Node nodeOf(String rack) {
            return nodes.computeIfAbsent(rack, __ -> new Node(nodes.size(), "host", 9092, rack));
        }

        void topic(String name, String racks) {
            String[] each = racks.split(";");
            for (int partition = 0; partition < each.length; partition++) {
                Node[] replicas = each[partition].equals("-")
                    ? new Node[] {nodes.computeIfAbsent("-", __ -> new Node(1000, "host", 9092))}
                    : Arrays.stream(each[partition].split(",")).map(this::nodeOf).toArray(Node[]::new);
                partitions.add(new PartitionInfo(name, partition, replicas[0], replicas, replicas));
            }
        }

        void member(String memberId, String rack, String topics) {
            members.put(memberId, new Subscription(List.of(topics.split(",")), (ByteBuffer) null, List.of(), -1, rack.equals("-") ? Optional.empty() : Optional.of(rack)));
        }

        void answer() {
            Cluster cluster = new Cluster("cluster", new ArrayList<>(nodes.values()), partitions, Set.of(), Set.of());
            Map<String, Assignment> assigned = new RangeAssignor().assign(cluster, new GroupSubscription(members)).groupAssignment();
            for (String memberId : new TreeSet<>(members.keySet())) {
                StringBuilder text = new StringBuilder(memberId);
                for (TopicPartition each : assigned.get(memberId).partitions()) text.append(' ').append(each.topic()).append(':').append(each.partition());
                out.println(text);
            }
            out.println("end");
        }
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Case current = new Case();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "topic" -> current.topic(words[1], words[2]);
                case "member" -> current.member(words[1], words[2], words[3]);
                case "end" -> {
                    current.answer();
                    current = new Case();
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
        out.flush();
    }
}
