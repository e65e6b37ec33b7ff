import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.coordinator.group.api.streams.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.streams.assignor.TopologyDescriber;
import org.apache.kafka.coordinator.group.streams.assignor.AssignmentConfigsImpl;
import org.apache.kafka.coordinator.group.streams.assignor.GroupSpecImpl;
import org.apache.kafka.coordinator.group.streams.assignor.MemberMetadataAndStateImpl;
import org.apache.kafka.coordinator.group.streams.assignor.StickyTaskAssignor;

/** Apache Kafka's assignor of streams groups over cases from standard input, one answer each to standard output. */
public final class TaskCases {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static final class Case implements TopologyDescriber {
        final int standbyReplicas;
        final TreeMap<String, Integer> taskCounts = new TreeMap<>();
        final Set<String> stateful = new HashSet<>();
        final Map<String, MemberMetadataAndStateImpl> members = new HashMap<>();

        Case(int standbyReplicas) {
            this.standbyReplicas = standbyReplicas;
        }

        public List<String> subtopologies() {
            return List.copyOf(taskCounts.keySet());
        }

        public int maxNumInputPartitions(String subtopologyId) {
            return taskCounts.get(subtopologyId);
        }

        public boolean isStateful(String subtopologyId) {
            return stateful.contains(subtopologyId);
        }

        void member(String[] words) {
            members.put(words[1], new MemberMetadataAndStateImpl(Optional.empty(), Optional.empty(), words[2], Map.of(), tasks(words[3]), tasks(words[4]), Map.of(), offsets(words[5]), Map.of()));
        }

        void answer() {
            var target = new StickyTaskAssignor().assign(new GroupSpecImpl(members, AssignmentConfigsImpl.DEFAULT.withNumStandbyReplicas(standbyReplicas)), this);
            for (String memberId : new TreeSet<>(members.keySet())) {
                MemberAssignment assignment = target.members().get(memberId);
                out.println(memberId + " " + text(assignment.activeTasks()) + " " + text(assignment.standbyTasks()));
            }
            out.println("end");
        }
    }

    private static Map<String, Set<Integer>> tasks(String text) {
        Map<String, Set<Integer>> tasks = new HashMap<>();
        if (text.equals("-")) return tasks;
        for (String part : text.split(";")) {
            int colon = part.indexOf(':');
            Set<Integer> partitions = tasks.computeIfAbsent(part.substring(0, colon), __ -> new HashSet<>());
            for (String partition : part.substring(colon + 1).split(",")) partitions.add(Integer.valueOf(partition));
        }
        return tasks;
    }

    private static Map<String, Map<Integer, Long>> offsets(String text) {
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        if (text.equals("-")) return offsets;
        for (String part : text.split(";")) {
            int colon = part.indexOf(':');
            Map<Integer, Long> byPartition = offsets.computeIfAbsent(part.substring(0, colon), __ -> new HashMap<>());
            for (String each : part.substring(colon + 1).split(",")) {
                int equals = each.indexOf('=');
                byPartition.put(Integer.valueOf(each.substring(0, equals)), Long.valueOf(each.substring(equals + 1)));
            }
        }
        return offsets;
    }

    private static String text(Map<String, Set<Integer>> tasks) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(tasks).forEach((subtopologyId, partitions) -> {
            if (partitions.isEmpty()) return;
            text.append(text.length() == 0 ? "" : ";").append(subtopologyId).append(':');
            int i = 0;
            for (int partition : new TreeSet<>(partitions)) text.append(i++ == 0 ? "" : ",").append(partition);
        });
        return text.length() == 0 ? "-" : text.toString();
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Case current = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "case" -> current = new Case(Integer.parseInt(words[1]));
                case "subtopology" -> {
                    current.taskCounts.put(words[1], Integer.valueOf(words[2]));
                    if (words[3].equals("stateful")) current.stateful.add(words[1]);
                }
                case "member" -> current.member(words);
                case "end" -> current.answer();
                default -> { }
            }
        }
        out.flush();
    }
}
