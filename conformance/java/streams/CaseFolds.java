import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Aggregator;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Initializer;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KGroupedTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Merger;
import org.apache.kafka.streams.kstream.Reducer;
import org.apache.kafka.streams.kstream.SessionWindowedCogroupedKStream;
import org.apache.kafka.streams.kstream.SessionWindowedKStream;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindowedCogroupedKStream;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.UnlimitedWindows;

/** Groups, windows, folds and suppression of a case's topology. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class CaseFolds {
    private CaseFolds() {}

    static Object make(CaseTopology topology, CaseStatement of, String op) {
        Object from = topology.at(of, "from");
        return switch (op) {
            case "groupByKey" -> ((KStream) from).groupByKey(grouped(of));
            case "groupBy" -> groupBy(of, from);
            case "windowedBy" -> windowed(of, from);
            case "count" -> count(of, from);
            case "reduce" -> reduce(of, from);
            case "aggregate" -> aggregate(of, from);
            case "cogroup" -> ((KGroupedStream) from).cogroup(aggregator(of.text("add")));
            case "andCogroup" -> ((CogroupedKStream) from).cogroup(topology.<KGroupedStream>at(of, "with"), aggregator(of.text("add")));
            default -> suppress(of, (KTable) from);
        };
    }

    private static Grouped grouped(CaseStatement of) {
        return Grouped.with(of.name(), of.serde("key"), of.serde("value"));
    }

    private static Object groupBy(CaseStatement of, Object from) {
        String map = of.text("map");
        if (from instanceof KStream stream) return stream.groupBy((key, value) -> CaseFunctions.key(map, key, value), grouped(of));
        String mapValue = of.textOr("mapValue", "same");
        return ((KTable<Object, Object>) from)
            .groupBy((key, value) -> KeyValue.pair(CaseFunctions.key(map, key, value), CaseFunctions.value(mapValue, key, value)), grouped(of));
    }

    private static Object windowed(CaseStatement of, Object from) {
        JsonNode window = of.node.get("window");
        Duration grace = CaseStatement.millis(window, "graceMs");
        Object windowed;
        switch (window.get("kind").asText()) {
            case "time": {
                TimeWindows windows = TimeWindows.ofSizeAndGrace(CaseStatement.millis(window, "sizeMs"), grace);
                if (window.has("advanceMs")) windows = windows.advanceBy(CaseStatement.millis(window, "advanceMs"));
                windowed = from instanceof KGroupedStream group ? group.windowedBy(windows) : ((CogroupedKStream) from).windowedBy(windows);
                break;
            }
            case "unlimited": {
                UnlimitedWindows windows = UnlimitedWindows.of().startOn(Instant.ofEpochMilli(window.get("startMs").asLong()));
                windowed = from instanceof KGroupedStream group ? group.windowedBy(windows) : ((CogroupedKStream) from).windowedBy(windows);
                break;
            }
            case "sliding": {
                SlidingWindows windows = SlidingWindows.ofTimeDifferenceAndGrace(CaseStatement.millis(window, "differenceMs"), grace);
                windowed = from instanceof KGroupedStream group ? group.windowedBy(windows) : ((CogroupedKStream) from).windowedBy(windows);
                break;
            }
            default: {
                SessionWindows windows = SessionWindows.ofInactivityGapAndGrace(CaseStatement.millis(window, "gapMs"), grace);
                windowed = from instanceof KGroupedStream group ? group.windowedBy(windows) : ((CogroupedKStream) from).windowedBy(windows);
            }
        }
        if (!of.has("emit")) return windowed;
        EmitStrategy emit = of.text("emit").equals("onClose") ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
        return windowed instanceof TimeWindowedKStream time ? time.emitStrategy(emit) : ((SessionWindowedKStream) windowed).emitStrategy(emit);
    }

    private static Object count(CaseStatement of, Object from) {
        Materialized store = of.materialized();
        if (from instanceof KGroupedStream group) return store == null ? group.count(of.named()) : group.count(of.named(), store);
        if (from instanceof KGroupedTable group) return store == null ? group.count(of.named()) : group.count(of.named(), store);
        if (from instanceof TimeWindowedKStream group) return store == null ? group.count(of.named()) : group.count(of.named(), store);
        SessionWindowedKStream group = (SessionWindowedKStream) from;
        return store == null ? group.count(of.named()) : group.count(of.named(), store);
    }

    private static Reducer<Object> reducer(String name) {
        return (first, second) -> CaseFunctions.reduce(name, first, second);
    }

    private static Object reduce(CaseStatement of, Object from) {
        // Without a description of the store, Java has no call that takes a name for a grouped stream: it takes an empty description.
        Materialized store = of.has("store") ? of.materialized() : null;
        Reducer<Object> add = reducer(of.text("add"));
        if (from instanceof KGroupedStream group) return store == null && !of.has("name") ? group.reduce(add) : group.reduce(add, of.named(), orEmpty(store));
        if (from instanceof KGroupedTable group) {
            Reducer<Object> subtract = reducer(of.text("subtract"));
            return store == null && !of.has("name") ? group.reduce(add, subtract) : group.reduce(add, subtract, of.named(), orEmpty(store));
        }
        if (from instanceof TimeWindowedKStream group) return store == null ? group.reduce(add, of.named()) : group.reduce(add, of.named(), store);
        SessionWindowedKStream group = (SessionWindowedKStream) from;
        return store == null ? group.reduce(add, of.named()) : group.reduce(add, of.named(), store);
    }

    private static Materialized orEmpty(Materialized store) {
        return store == null ? Materialized.with(null, null) : store;
    }

    private static Aggregator<Object, Object, Object> aggregator(String name) {
        return (key, value, aggregate) -> CaseFunctions.aggregate(name, value, aggregate);
    }

    private static Object aggregate(CaseStatement of, Object from) {
        Materialized store = of.materialized();
        String init = of.text("init");
        Initializer<Object> initial = () -> CaseFunctions.initial(init);
        String mergeName = of.textOr("merge", "concat");
        Merger<Object, Object> merge = (key, first, second) -> CaseFunctions.merge(mergeName, first, second);
        if (from instanceof CogroupedKStream group) return store == null ? group.aggregate(initial, of.named()) : group.aggregate(initial, of.named(), store);
        if (from instanceof TimeWindowedCogroupedKStream group) return store == null ? group.aggregate(initial, of.named()) : group.aggregate(initial, of.named(), store);
        if (from instanceof SessionWindowedCogroupedKStream group)
            return store == null ? group.aggregate(initial, merge, of.named()) : group.aggregate(initial, merge, of.named(), store);
        Aggregator<Object, Object, Object> add = aggregator(of.text("add"));
        if (from instanceof KGroupedStream group) return store == null && !of.has("name") ? group.aggregate(initial, add) : group.aggregate(initial, add, of.named(), orEmpty(store));
        if (from instanceof KGroupedTable group) {
            Aggregator<Object, Object, Object> subtract = aggregator(of.text("subtract"));
            return store == null ? group.aggregate(initial, add, subtract, of.named()) : group.aggregate(initial, add, subtract, of.named(), store);
        }
        if (from instanceof TimeWindowedKStream group) return store == null ? group.aggregate(initial, add, of.named()) : group.aggregate(initial, add, of.named(), store);
        SessionWindowedKStream group = (SessionWindowedKStream) from;
        return store == null ? group.aggregate(initial, add, merge, of.named()) : group.aggregate(initial, add, merge, of.named(), store);
    }

    private static Object suppress(CaseStatement of, KTable table) {
        Suppressed suppressed;
        if (of.text("until").equals("windowCloses")) {
            Suppressed.StrictBufferConfig buffer = Suppressed.BufferConfig.unbounded();
            if (of.has("maxRecords")) buffer = Suppressed.BufferConfig.maxRecords(of.node.get("maxRecords").asLong()).shutDownWhenFull();
            else if (of.has("maxBytes")) buffer = Suppressed.BufferConfig.maxBytes(of.node.get("maxBytes").asLong()).shutDownWhenFull();
            suppressed = Suppressed.untilWindowCloses(buffer);
        } else {
            Suppressed.BufferConfig buffer = Suppressed.BufferConfig.unbounded();
            if (of.has("maxRecords")) buffer = Suppressed.BufferConfig.maxRecords(of.node.get("maxRecords").asLong());
            else if (of.has("maxBytes")) buffer = Suppressed.BufferConfig.maxBytes(of.node.get("maxBytes").asLong());
            if (of.textOr("whenFull", "emit").equals("shutdown") && buffer instanceof Suppressed.EagerBufferConfig eager) buffer = eager.shutDownWhenFull();
            suppressed = Suppressed.untilTimeLimit(Duration.ofMillis(of.node.get("until").asLong()), buffer);
        }
        return table.suppress(of.has("name") ? suppressed.withName(of.name()) : suppressed);
    }
}
