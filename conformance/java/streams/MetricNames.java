import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/** Lists the metrics of a running application, a line each: `group|name|tags|recording level`. `MetricNames BOOTSTRAP APPLICATION-ID STATE-FOLDER INPUT-TOPIC OUTPUT-TOPIC`; the input has a record. */
public final class MetricNames {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("application.id", arguments[1]);
        properties.put("state.dir", arguments[2]);
        properties.put("metrics.recording.level", "TRACE");
        properties.put("replication.factor", "1");
        properties.put("auto.offset.reset", "earliest");
        properties.put("commit.interval.ms", "100");
        properties.put("default.key.serde", Serdes.StringSerde.class.getName());
        properties.put("default.value.serde", Serdes.StringSerde.class.getName());

        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> input = builder.stream(arguments[3], Consumed.with(Serdes.String(), Serdes.String()));
        KTable<String, Long> counts = input.groupByKey(Grouped.with(Serdes.String(), Serdes.String())).count(Materialized.as("counts"));
        counts.suppress(Suppressed.untilTimeLimit(Duration.ofSeconds(1), Suppressed.BufferConfig.unbounded()))
            .toStream().mapValues(count -> Long.toString(count)).to(arguments[4], Produced.with(Serdes.String(), Serdes.String()));
        TimeWindows minutes = TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1));
        input.groupByKey().windowedBy(minutes).emitStrategy(EmitStrategy.onWindowClose()).count(Materialized.as("closed"));
        input.groupByKey().windowedBy(minutes).count(Materialized.as(Stores.inMemoryWindowStore("windows", Duration.ofMinutes(2), Duration.ofMinutes(1), false)));
        input.leftJoin(input.mapValues(value -> value + "!"), (left, right) -> left + right, JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofSeconds(1)),
            StreamJoined.with(Serdes.String(), Serdes.String(), Serdes.String())).foreach((key, value) -> { });

        KafkaStreams streams = new KafkaStreams(builder.build(), properties);
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) running.countDown();
        });
        streams.start();
        if (!running.await(60, TimeUnit.SECONDS)) throw new IllegalStateException("The application does not run.");
        // Sensors of windows and of closed results are made with the first record that they count.
        Thread.sleep(5_000);
        Metrics metrics = (Metrics) field(KafkaStreams.class, "metrics").get(streams);
        Map<MetricName, String> levels = new java.util.HashMap<>();
        Map<?, ?> sensors = (Map<?, ?>) field(Metrics.class, "sensors").get(metrics);
        for (Object sensor : sensors.values()) {
            Object level = field(Sensor.class, "recordingLevel").get(sensor);
            Object recorded = field(Sensor.class, "metrics").get(sensor);
            for (Object metric : ((Map<?, ?>) recorded).values()) levels.put(((KafkaMetric) metric).metricName(), level.toString());
        }
        TreeSet<String> lines = new TreeSet<>();
        for (MetricName name : metrics.metrics().keySet()) {
            if (!name.group().startsWith("stream-")) continue;
            lines.add(name.group() + "|" + name.name() + "|" + String.join(",", new TreeMap<>(name.tags()).keySet()) + "|" + levels.getOrDefault(name, "INFO"));
        }
        lines.forEach(System.out::println);
        streams.close(Duration.ofSeconds(10));
        System.exit(0);
    }

    private static Field field(Class<?> owner, String name) throws Exception {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
