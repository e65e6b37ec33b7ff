import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.group.api.assignor.*;
import org.apache.kafka.coordinator.group.assignor.RangeAssignor;
import org.apache.kafka.coordinator.group.assignor.UniformAssignor;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;

/** Apache Kafka's server-side assignors over cases from standard input, one answer each to standard output. */
public final class AssignorCases {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static final class Case implements SubscribedTopicDescriber {
        String assignor;
        SubscriptionType type;
        final Map<Uuid, Integer> topics = new LinkedHashMap<>();
        final Map<String, MemberSubscriptionAndAssignmentImpl> members = new LinkedHashMap<>();
        final Map<Uuid, Map<Integer, String>> inverted = new HashMap<>();

        public int numPartitions(Uuid topicId) {
            return topics.getOrDefault(topicId, -1);
        }

        public Set<String> racksForPartition(Uuid topicId, int partition) {
            return Set.of();
        }

        void member(String memberId, String instanceId, String subscribed, String assigned) {
            Set<Uuid> topicIds = new LinkedHashSet<>();
            if (!subscribed.equals("-")) for (String topicId : subscribed.split(",")) topicIds.add(Uuid.fromString(topicId));
            Map<Uuid, Set<Integer>> partitions = new LinkedHashMap<>();
            if (!assigned.equals("-")) {
                for (String topic : assigned.split(";")) {
                    int colon = topic.indexOf(':');
                    Uuid topicId = Uuid.fromString(topic.substring(0, colon));
                    Set<Integer> set = new LinkedHashSet<>();
                    for (String partition : topic.substring(colon + 1).split(",")) {
                        set.add(Integer.valueOf(partition));
                        inverted.computeIfAbsent(topicId, __ -> new HashMap<>()).put(Integer.valueOf(partition), memberId);
                    }
                    partitions.put(topicId, set);
                }
            }
            Optional<String> instance = instanceId.equals("-") ? Optional.empty() : Optional.of(instanceId);
            members.put(memberId, new MemberSubscriptionAndAssignmentImpl(Optional.empty(), instance, topicIds, new Assignment(partitions)));
        }

        void answer() {
            ConsumerGroupPartitionAssignor with = assignor.equals("range") ? new RangeAssignor() : new UniformAssignor();
            GroupAssignment target = with.assign(new GroupSpecImpl(members, type, inverted), this);
            for (String memberId : new TreeSet<>(members.keySet())) {
                MemberAssignment assignment = target.members().get(memberId);
                Map<String, String> topics = new TreeMap<>();
                if (assignment != null) {
                    assignment.partitions().forEach((topicId, partitions) -> {
                        StringBuilder text = new StringBuilder();
                        for (int partition : new TreeSet<>(partitions)) text.append(text.length() == 0 ? "" : ",").append(partition);
                        if (text.length() > 0) topics.put(topicId.toString(), topicId + ":" + text);
                    });
                }
                out.println(memberId + " " + (topics.isEmpty() ? "-" : String.join(";", topics.values())));
            }
            out.println("end");
        }
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Case current = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "case" -> {
                    current = new Case();
                    current.assignor = words[1];
                    current.type = words[2].equals("homogeneous") ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS;
                }
                case "topic" -> current.topics.put(Uuid.fromString(words[1]), Integer.valueOf(words[2]));
                case "member" -> current.member(words[1], words[2], words[3], words[4]);
                case "end" -> current.answer();
                default -> throw new IllegalArgumentException(line);
            }
        }
        out.flush();
    }
}
