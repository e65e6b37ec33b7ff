import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * `DriverBench SHAPE INPUT-FILE STATE-FOLDER`: Java's side of `npm run bench -- streams-driver`. Each line on standard input is a turn; the answer is a line of JSON. The clock is the processor
 * time of the whole process, with its collector and compiler, from the first input to the last, in steps of the system's 10 ms; making the driver and hashing are not in it.
 */
public final class DriverBench {
    private record Input(boolean isLeft, String key, String value, long timestamp) {}

    private DriverBench() {}

    public static void main(String[] arguments) throws Exception {
        List<Input> inputs = Files.readAllLines(Path.of(arguments[1])).stream().map(DriverBench::input).toList();
        Properties properties = properties(arguments[2]);
        Topology topology = BenchShapes.build(arguments[0], properties);
        boolean readsBoth = arguments[0].endsWith("-join");
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        while (in.readLine() != null) {
            System.gc();
            System.out.println(json.writeValueAsString(turn(topology, properties, inputs, readsBoth)));
        }
    }

    private static Input input(String line) {
        String[] parts = line.split(" ");
        return new Input(parts[0].equals("L"), parts[1], parts[2], Long.parseLong(parts[3]));
    }

    private static Properties properties(String stateFolder) {
        Properties properties = new Properties();
        properties.put("application.id", "test-app");
        properties.put("bootstrap.servers", "none:1");
        properties.put("state.dir", stateFolder);
        properties.put("statestore.cache.max.bytes", "0");
        properties.put("default.key.serde", Serdes.StringSerde.class.getName());
        properties.put("default.value.serde", Serdes.StringSerde.class.getName());
        properties.put("dsl.store.suppliers.class", BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class.getName());
        properties.put("__emit.interval.ms.kstreams.outer.join.spurious.results.fix__", 0L);
        return properties;
    }

    private static Map<String, Object> turn(Topology topology, Properties properties, List<Input> inputs, boolean readsBoth) throws Exception {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties, Instant.ofEpochMilli(0))) {
            TestInputTopic<String, String> left = driver.createInputTopic("left", new StringSerializer(), new StringSerializer());
            TestInputTopic<String, String> right = readsBoth ? driver.createInputTopic("right", new StringSerializer(), new StringSerializer()) : left;
            long before = system.getProcessCpuTime();
            for (Input input : inputs) (input.isLeft() ? left : right).pipeInput(input.key(), input.value(), input.timestamp());
            double cpuSeconds = (system.getProcessCpuTime() - before) / 1e9;
            return Map.of("cpuSeconds", cpuSeconds, "produced", digest(driver));
        }
    }

    /** Of each topic: how many records, and a hash of all keys, values and times in their order. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> digest(TopologyTestDriver driver) throws Exception {
        Field field = TopologyTestDriver.class.getDeclaredField("outputRecordsByTopic");
        field.setAccessible(true);
        Map<String, String> digests = new TreeMap<>();
        for (var topic : ((Map<String, Queue<ProducerRecord<byte[], byte[]>>>) field.get(driver)).entrySet()) {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (ProducerRecord<byte[], byte[]> record : topic.getValue()) {
                update(hash, record.key());
                update(hash, record.value());
                Long timestamp = record.timestamp();
                hash.update(ByteBuffer.allocate(Long.BYTES).putLong(timestamp == null ? -1 : timestamp).array());
            }
            digests.put(topic.getKey(), topic.getValue().size() + " " + HexFormat.of().formatHex(hash.digest()).substring(0, 16));
        }
        return digests;
    }

    private static void update(MessageDigest hash, byte[] bytes) {
        hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes == null ? -1 : bytes.length).array());
        if (bytes != null) hash.update(bytes);
    }
}
