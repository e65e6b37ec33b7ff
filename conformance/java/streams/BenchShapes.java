import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;

/** The topologies that benchmarks run beside ours of `tools/bench/streams-driver/shapes.ts`, under the same names. */
final class BenchShapes {
    private BenchShapes() {}

    static Topology build(String shape, Properties properties) {
        StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
        switch (shape) {
            case "filter-map" -> builder.<String, String>stream("left")
                .filter((key, value) -> value.length() % 4 != 0)
                .map((key, value) -> KeyValue.pair(key + "!", value + "!"))
                .to("out");
            case "count" -> builder.<String, String>stream("left").groupByKey().count(Materialized.as("counts")).toStream().to("out");
            case "tumbling" -> builder.<String, String>stream("left")
                .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofSeconds(5)))
                .count(Materialized.as("counts"))
                .toStream()
                .to("out");
            case "left-join" -> builder.<String, String>stream("left")
                .leftJoin(
                    builder.<String, String>stream("right"),
                    (value, other) -> value + "," + other,
                    JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(5), Duration.ofSeconds(1)))
                .to("out");
            case "table-join" -> builder.<String, String>table("left", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("left-table"))
                .join(
                    builder.<String, String>table("right", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("right-table")),
                    (value, other) -> value + "," + other)
                .toStream()
                .to("out");
            case "stream-table-join" -> builder.<String, String>stream("left")
                .join(
                    builder.<String, String>table("right", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("right-table")),
                    (value, other) -> value + "," + other)
                .to("out");
            default -> throw new IllegalArgumentException("no shape " + shape);
        }
        return builder.build(properties);
    }
}
