import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.kstream.internals.NamedInternal;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;

/** One call of the DSL as data (`conformance/src/streams/case-statement.ts`). */
final class CaseStatement {
    final JsonNode node;

    CaseStatement(JsonNode node) {
        this.node = node;
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    String text(String field) {
        if (!node.hasNonNull(field)) throw new IllegalArgumentException("the statement " + node + " has no " + field);
        return node.get(field).asText();
    }

    String textOr(String field, String otherwise) {
        return has(field) ? node.get(field).asText() : otherwise;
    }

    String name() {
        return textOr("name", null);
    }

    /** The operator's name; the empty one when the user gave none. */
    Named named() {
        return has("name") ? Named.as(text("name")) : NamedInternal.empty();
    }

    Serde<Object> serde(String field) {
        return has(field) ? serdeOf(text(field)) : null;
    }

    static Duration millis(JsonNode node, String field) {
        return Duration.ofMillis(node.get(field).asLong());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static Serde<Object> serdeOf(String name) {
        if (name.startsWith("windowed:")) return (Serde) new WindowedSerdes.TimeWindowedSerde<>(Serdes.String(), Long.parseLong(name.substring(9)));
        return (Serde) switch (name) {
            case "string" -> Serdes.String();
            case "long" -> Serdes.Long();
            case "sessionWindowed" -> new WindowedSerdes.SessionWindowedSerde<>(Serdes.String());
            default -> throw new IllegalArgumentException("there is no serde " + name);
        };
    }

    /** What the store's description asks for; null without one. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    Materialized materialized() {
        if (!has("store")) return null;
        JsonNode store = node.get("store");
        Serde<Object> key = store.hasNonNull("key") ? serdeOf(store.get("key").asText()) : null;
        Serde<Object> value = store.hasNonNull("value") ? serdeOf(store.get("value").asText()) : null;
        Materialized made;
        if (store.hasNonNull("historyRetentionMs")) {
            VersionedBytesStoreSupplier versioned = Stores.persistentVersionedKeyValueStore(store.get("name").asText(), millis(store, "historyRetentionMs"));
            made = Materialized.as((KeyValueBytesStoreSupplier) versioned).withKeySerde(key).withValueSerde(value);
        } else if (store.hasNonNull("name")) {
            made = Materialized.as(store.get("name").asText()).withKeySerde(key).withValueSerde(value);
        } else {
            made = Materialized.with(key, value);
        }
        if (store.has("logging") && !store.get("logging").asBoolean()) made = made.withLoggingDisabled();
        if (store.hasNonNull("retentionMs")) made = made.withRetention(millis(store, "retentionMs"));
        if (store.has("caching")) made = store.get("caching").asBoolean() ? made.withCachingEnabled() : made.withCachingDisabled();
        return made;
    }
}
