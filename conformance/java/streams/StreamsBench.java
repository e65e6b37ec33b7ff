import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * `StreamsBench SHAPE PROPERTIES-FILE`: Java's side of `npm run bench -- streams`. Runs one of `BenchShapes` until standard input ends; tells its states on standard output, a line each. `stores=memory` in the file keeps
 * stores there.
 */
public final class StreamsBench {
    private StreamsBench() {}

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (var file = Files.newBufferedReader(Path.of(arguments[1]))) {
            properties.load(file);
        }
        boolean isInMemory = "memory".equals(properties.remove("stores"));
        properties.put("default.key.serde", Serdes.StringSerde.class.getName());
        properties.put("default.value.serde", Serdes.StringSerde.class.getName());
        if (isInMemory) properties.put("dsl.store.suppliers.class", BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class.getName());
        KafkaStreams streams = new KafkaStreams(BenchShapes.build(arguments[0], properties), properties);
        streams.setStateListener((now, before) -> {
            System.out.println("state " + now);
            System.out.flush();
        });
        streams.start();
        while (System.in.read() >= 0) {}
        streams.close(Duration.ofSeconds(20));
    }
}
