import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.KeyValueMapper;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.TableJoined;
import org.apache.kafka.streams.kstream.ValueJoiner;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Joins of a case's topology. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class CaseJoins {
    private CaseJoins() {}

    static Object make(CaseTopology topology, CaseStatement of, String op) {
        Object from = topology.at(of, "from");
        String name = of.text("joiner");
        ValueJoiner<Object, Object, Object> joiner = (left, right) -> CaseFunctions.join(name, left, right);
        return switch (op) {
            case "joinStream" -> streams(of, (KStream) from, topology.at(of, "with"), joiner);
            case "joinTable" ->
                from instanceof KStream stream ? streamAndTable(of, stream, topology.at(of, "with"), joiner) : tables(of, (KTable) from, topology.at(of, "with"), joiner);
            case "joinGlobal" -> global(of, (KStream) from, topology.at(of, "with"), joiner);
            default -> foreign(of, (KTable) from, topology.at(of, "with"), joiner);
        };
    }

    private static IllegalArgumentException noSuchKind(CaseStatement of) {
        return new IllegalArgumentException("there is no such join: " + of.node);
    }

    private static Object streams(CaseStatement of, KStream left, KStream right, ValueJoiner joiner) {
        JsonNode window = of.node.get("window");
        JoinWindows windows = JoinWindows.ofTimeDifferenceAndGrace(CaseStatement.millis(window, "beforeMs"), CaseStatement.millis(window, "graceMs"))
            .before(CaseStatement.millis(window, "beforeMs"))
            .after(CaseStatement.millis(window, "afterMs"));
        StreamJoined joined = StreamJoined.with(of.serde("key"), of.serde("value"), of.serde("otherValue"));
        if (of.has("name")) joined = joined.withName(of.name());
        if (of.has("storeName")) joined = joined.withStoreName(of.text("storeName"));
        return switch (of.text("kind")) {
            case "inner" -> left.join(right, joiner, windows, joined);
            case "left" -> left.leftJoin(right, joiner, windows, joined);
            case "outer" -> left.outerJoin(right, joiner, windows, joined);
            default -> throw noSuchKind(of);
        };
    }

    private static Object streamAndTable(CaseStatement of, KStream left, KTable right, ValueJoiner joiner) {
        Joined joined = Joined.with(of.serde("key"), of.serde("value"), of.serde("otherValue"));
        if (of.has("name")) joined = joined.withName(of.name());
        if (of.has("graceMs")) joined = joined.withGracePeriod(CaseStatement.millis(of.node, "graceMs"));
        return switch (of.text("kind")) {
            case "inner" -> left.join(right, joiner, joined);
            case "left" -> left.leftJoin(right, joiner, joined);
            default -> throw noSuchKind(of);
        };
    }

    private static Object tables(CaseStatement of, KTable left, KTable right, ValueJoiner joiner) {
        Materialized store = of.materialized();
        return switch (of.text("kind")) {
            case "inner" -> store == null ? left.join(right, joiner, of.named()) : left.join(right, joiner, of.named(), store);
            case "left" -> store == null ? left.leftJoin(right, joiner, of.named()) : left.leftJoin(right, joiner, of.named(), store);
            case "outer" -> store == null ? left.outerJoin(right, joiner, of.named()) : left.outerJoin(right, joiner, of.named(), store);
            default -> throw noSuchKind(of);
        };
    }

    private static Object global(CaseStatement of, KStream left, GlobalKTable right, ValueJoiner joiner) {
        String map = of.text("map");
        KeyValueMapper<Object, Object, Object> select = (key, value) -> CaseFunctions.key(map, key, value);
        return switch (of.text("kind")) {
            case "inner" -> left.join(right, select, joiner, of.named());
            case "left" -> left.leftJoin(right, select, joiner, of.named());
            default -> throw noSuchKind(of);
        };
    }

    private static Object foreign(CaseStatement of, KTable left, KTable right, ValueJoiner joiner) {
        String extractor = of.text("foreignKey");
        BiFunction<Object, Object, Object> foreignKey = (key, value) -> CaseFunctions.foreignKey(extractor, key, value);
        Materialized store = of.materialized();
        TableJoined joined = TableJoined.as(of.name());
        if (of.has("partitioned")) {
            StreamPartitioner<Object, Void> byLength = CaseJoins::partitionByLength;
            joined = joined.withPartitioner(byLength).withOtherPartitioner(byLength);
        }
        return switch (of.text("kind")) {
            case "inner" -> store == null ? left.join(right, foreignKey, joiner, joined) : left.join(right, foreignKey, joiner, joined, store);
            case "left" -> store == null ? left.leftJoin(right, foreignKey, joiner, joined) : left.leftJoin(right, foreignKey, joiner, joined, store);
            default -> throw noSuchKind(of);
        };
    }

    private static Optional<Set<Integer>> partitionByLength(String topic, Object key, Void value, int partitions) {
        if ((Object) value != null) throw new IllegalArgumentException("a table's partitioner was given a value");
        return Optional.of(Set.of(CaseFunctions.text(key).length() % partitions));
    }
}
