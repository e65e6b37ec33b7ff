import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.BranchedKStream;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.ValueTransformerWithKey;
import org.apache.kafka.streams.kstream.ValueTransformerWithKeySupplier;
import org.apache.kafka.streams.processor.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Makes a topology of a case's statements: sources and operators without memory here, the others in `CaseFolds` and `CaseJoins`. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class CaseTopology {
    private final StreamsBuilder builder;
    private final boolean isPersistent;
    private final Map<String, Object> made = new HashMap<>();

    /** `isPersistent`: processors' stores are on the disk. Those of the DSL are where its supplier has them. */
    CaseTopology(StreamsBuilder builder, boolean isPersistent) {
        this.builder = builder;
        this.isPersistent = isPersistent;
    }

    void add(JsonNode node) {
        CaseStatement statement = new CaseStatement(node);
        Object result = make(statement, statement.text("op"));
        if (result != null) made.put(statement.text("id"), result);
    }

    <T> T at(CaseStatement statement, String field) {
        Object found = made.get(statement.text(field));
        if (found == null) throw new IllegalArgumentException("no statement made " + statement.text(field));
        return (T) found;
    }

    private Object make(CaseStatement of, String op) {
        return switch (op) {
            case "stream" ->
                of.has("pattern") ? builder.stream(Pattern.compile(of.text("pattern")), consumed(of)) : builder.stream(topics(of), consumed(of));
            case "table" -> of.has("store") ? builder.table(of.text("topic"), consumed(of), of.materialized()) : builder.table(of.text("topic"), consumed(of));
            case "globalTable" ->
                of.has("store") ? builder.globalTable(of.text("topic"), consumed(of), of.materialized()) : builder.globalTable(of.text("topic"), consumed(of));
            case "globalStore" -> {
                builder.addGlobalStore(storeBuilder(of), of.text("topic"), consumed(of), CaseProcessors.keeper(of.node.get("store").get("name").asText()));
                yield null;
            }
            case "filter", "filterNot", "mapValues", "transformValues", "toStream" -> at(of, "from") instanceof KTable table ? ofTable(of, op, table) : ofStream(of, op, at(of, "from"));
            case "map", "selectKey", "flatMap", "flatMapValues", "peek", "foreach", "split", "merge", "repartition", "to", "toTable", "process", "processValues" ->
                ofStream(of, op, at(of, "from"));
            case "groupByKey", "groupBy", "windowedBy", "count", "reduce", "aggregate", "cogroup", "andCogroup", "suppress" -> CaseFolds.make(this, of, op);
            case "joinStream", "joinTable", "joinGlobal", "joinOn" -> CaseJoins.make(this, of, op);
            default -> throw new IllegalArgumentException("there is no operator " + op);
        };
    }

    private static List<String> topics(CaseStatement of) {
        List<String> topics = new ArrayList<>();
        of.node.get("topics").forEach(topic -> topics.add(topic.asText()));
        return topics;
    }

    private static Consumed consumed(CaseStatement of) {
        Consumed consumed = Consumed.with(of.serde("key"), of.serde("value"));
        return of.has("name") ? consumed.withName(of.name()) : consumed;
    }

    private Object ofTable(CaseStatement of, String op, KTable<Object, Object> table) {
        Materialized store = of.materialized();
        switch (op) {
            case "filter": {
                String test = of.text("test");
                if (store == null) return table.filter((key, value) -> CaseFunctions.test(test, key, value), of.named());
                return table.filter((key, value) -> CaseFunctions.test(test, key, value), of.named(), store);
            }
            case "filterNot": {
                String test = of.text("test");
                if (store == null) return table.filterNot((key, value) -> CaseFunctions.test(test, key, value), of.named());
                return table.filterNot((key, value) -> CaseFunctions.test(test, key, value), of.named(), store);
            }
            case "mapValues": {
                String map = of.text("value");
                if (store == null) return table.mapValues((key, value) -> CaseFunctions.value(map, key, value), of.named());
                return table.mapValues((key, value) -> CaseFunctions.value(map, key, value), of.named(), store);
            }
            case "transformValues": {
                ValueTransformerWithKeySupplier<Object, Object, Object> transformers = () -> new Transformer(of.text("value"));
                if (store == null) return table.transformValues(transformers, of.named());
                return table.transformValues(transformers, store, of.named());
            }
            default: {
                if (!of.has("key")) return table.toStream(of.named());
                String map = of.text("key");
                return table.toStream((key, value) -> CaseFunctions.key(map, key, value), of.named());
            }
        }
    }

    private Object ofStream(CaseStatement of, String op, KStream<Object, Object> stream) {
        switch (op) {
            case "filter": {
                String test = of.text("test");
                return stream.filter((key, value) -> CaseFunctions.test(test, key, value), of.named());
            }
            case "filterNot": {
                String test = of.text("test");
                return stream.filterNot((key, value) -> CaseFunctions.test(test, key, value), of.named());
            }
            case "mapValues": {
                String map = of.text("value");
                return stream.mapValues((key, value) -> CaseFunctions.value(map, key, value), of.named());
            }
            case "map": {
                String mapKey = of.text("key");
                String mapValue = of.text("value");
                return stream.map((key, value) -> KeyValue.pair(CaseFunctions.key(mapKey, key, value), CaseFunctions.value(mapValue, key, value)), of.named());
            }
            case "selectKey": {
                String map = of.text("key");
                return stream.selectKey((key, value) -> CaseFunctions.key(map, key, value), of.named());
            }
            case "flatMap": {
                String flat = of.text("flat");
                return stream.flatMap((key, value) -> CaseFunctions.records(flat, key, value), of.named());
            }
            case "flatMapValues": {
                String flat = of.text("flat");
                return stream.flatMapValues(value -> CaseFunctions.values(flat, value), of.named());
            }
            case "peek":
                return stream.peek((key, value) -> {}, of.named());
            case "foreach":
                stream.foreach((key, value) -> {}, of.named());
                return null;
            case "split":
                split(of, stream);
                return null;
            case "merge":
                return stream.merge(at(of, "with"), of.named());
            case "repartition": {
                Repartitioned repartitioned = Repartitioned.with(of.serde("key"), of.serde("value"));
                if (of.has("name")) repartitioned = repartitioned.withName(of.name());
                if (of.has("partitions")) repartitioned = repartitioned.withNumberOfPartitions(of.node.get("partitions").asInt());
                return stream.repartition(repartitioned);
            }
            case "to": {
                Produced produced = Produced.with(of.serde("key"), of.serde("value"));
                stream.to(of.text("topic"), of.has("name") ? produced.withName(of.name()) : produced);
                return null;
            }
            case "toTable":
                return of.has("store") ? stream.toTable(of.named(), of.materialized()) : stream.toTable(of.named());
            case "process":
                return of.has("name")
                    ? stream.process(CaseProcessors.supplier(of.text("processor"), storeBuilder(of), of.textOr("globalStore", null), start(of)), of.named())
                    : stream.process(CaseProcessors.supplier(of.text("processor"), storeBuilder(of), of.textOr("globalStore", null), start(of)));
            case "processValues":
                return of.has("name")
                    ? stream.processValues(CaseProcessors.fixedKeySupplier(of.text("processor"), storeBuilder(of), of.textOr("globalStore", null)), of.named())
                    : stream.processValues(CaseProcessors.fixedKeySupplier(of.text("processor"), storeBuilder(of), of.textOr("globalStore", null)));
            default:
                throw new IllegalArgumentException("a stream has no " + op);
        }
    }

    private StoreBuilder<?> storeBuilder(CaseStatement of) {
        if (!of.has("store")) return null;
        JsonNode store = of.node.get("store");
        String name = store.get("name").asText();
        KeyValueBytesStoreSupplier all = isPersistent ? Stores.persistentKeyValueStore(name) : Stores.inMemoryKeyValueStore(name);
        StoreBuilder<?> made = Stores.keyValueStoreBuilder(
            store.has("entriesMax") ? Stores.lruMap(name, store.get("entriesMax").asInt()) : all,
            CaseStatement.serdeOf("string"),
            CaseStatement.serdeOf("long"));
        if (store.path("caching").asBoolean()) made = made.withCachingEnabled();
        return store.has("logging") && !store.get("logging").asBoolean() ? made.withLoggingDisabled() : made;
    }

    /** From when on a processor that flushes is called; null where the case has none. */
    private static Instant start(CaseStatement of) {
        return of.has("startMs") ? Instant.ofEpochMilli(of.node.get("startMs").asLong()) : null;
    }

    private void split(CaseStatement of, KStream<Object, Object> stream) {
        BranchedKStream<Object, Object> branches = stream.split(of.named());
        for (JsonNode branch : of.node.get("branches")) {
            String test = branch.get("test").asText();
            branches = branches.branch((key, value) -> CaseFunctions.test(test, key, value), branched(branch));
        }
        if (of.has("default")) branches.defaultBranch(branched(of.node.get("default")));
        else branches.noDefaultBranch();
    }

    private Branched<Object, Object> branched(JsonNode branch) {
        String id = branch.get("id").asText();
        return branch.hasNonNull("name")
            ? Branched.withConsumer(made -> this.made.put(id, made), branch.get("name").asText())
            : Branched.withConsumer(made -> this.made.put(id, made));
    }

    /** Computes a value by the function of that name. */
    private record Transformer(String map) implements ValueTransformerWithKey<Object, Object, Object> {
        @Override
        public void init(ProcessorContext context) {}

        @Override
        public Object transform(Object key, Object value) {
            return CaseFunctions.value(map, key, value);
        }

        @Override
        public void close() {}
    }
}
