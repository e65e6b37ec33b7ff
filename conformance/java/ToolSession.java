import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.internals.Exit;

/**
 * `ToolSession BOOTSTRAP`: runs Kafka's own tools one after another in this JVM, with members and transactions of its own about them. Each line of input is words with tabs between,
 * each line of output the JSON answer: `tool MAIN-CLASS WORDS…`, `join NAME PROTOCOL GROUP TOPIC [INSTANCE]`, `leave NAME`, `begin ID TOPIC PARTITION`, `end ID commit|abort`.
 */
public final class ToolSession {
    private static final class Exited extends Error {
        final int status;

        Exited(int status) {
            super("exit " + status);
            this.status = status;
        }
    }

    private static final class Member {
        final AtomicBoolean isOver = new AtomicBoolean();
        Thread thread;
    }

    private static final Map<String, Member> members = new HashMap<>();
    private static final Map<String, KafkaProducer<String, String>> producers = new HashMap<>();

    private static String tool(String[] words) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        int status = 0;
        try {
            String[] arguments = Arrays.copyOfRange(words, 2, words.length);
            Class.forName(words[1]).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException problem) {
            if (problem.getCause() instanceof Exited exited) status = exited.status;
            else {
                status = 1;
                System.err.println(problem.getCause());
            }
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return "{\"status\":" + status + ",\"out\":" + Cases.quote(outBytes.toString(StandardCharsets.UTF_8)) + ",\"err\":" + Cases.quote(errBytes.toString(StandardCharsets.UTF_8)) + "}";
    }

    private static void join(Cases cases, String[] words) throws Exception {
        Properties properties = cases.properties("group.id", words[3], "group.protocol", words[2], "client.id", words[1], "enable.auto.commit", "false", "auto.offset.reset", "earliest");
        if (words.length > 5) properties.put("group.instance.id", words[5]);
        Member member = new Member();
        CountDownLatch assigned = new CountDownLatch(1);
        member.thread = new Thread(() -> {
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(words[4]));
                while (!member.isOver.get()) {
                    consumer.poll(Duration.ofMillis(100));
                    if (!consumer.assignment().isEmpty() && assigned.getCount() > 0) {
                        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                        for (TopicPartition partition : consumer.assignment()) offsets.put(partition, new OffsetAndMetadata(partition.partition() == 2 ? 0 : 1));
                        consumer.commitSync(offsets);
                        assigned.countDown();
                    }
                }
            }
        });
        member.thread.start();
        members.put(words[1], member);
        Cases.check(assigned.await(60, TimeUnit.SECONDS), words[1] + " is assigned something");
    }

    public static void main(String[] arguments) throws Exception {
        Cases cases = new Cases(arguments[0]);
        Exit.setExitProcedure((status, message) -> {
            throw new Exited(status);
        });
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t");
            String answer = "{}";
            try {
                switch (words[0]) {
                    case "tool" -> answer = tool(words);
                    case "join" -> join(cases, words);
                    case "leave" -> {
                        Member member = members.remove(words[1]);
                        member.isOver.set(true);
                        member.thread.join();
                    }
                    case "begin" -> {
                        KafkaProducer<String, String> producer = new KafkaProducer<>(cases.properties("transactional.id", words[1]), new StringSerializer(), new StringSerializer());
                        producer.initTransactions();
                        producer.beginTransaction();
                        producer.send(new ProducerRecord<>(words[2], Integer.parseInt(words[3]), null, "in a transaction")).get();
                        producers.put(words[1], producer);
                    }
                    case "end" -> {
                        try (KafkaProducer<String, String> producer = producers.remove(words[1])) {
                            if (words[2].equals("commit")) producer.commitTransaction();
                            else producer.abortTransaction();
                        }
                    }
                    default -> throw new IllegalArgumentException(words[0]);
                }
            } catch (Throwable problem) {
                answer = "{\"failed\":" + Cases.quote(problem.toString()) + "}";
            }
            System.out.println(answer);
            System.out.flush();
        }
        Runtime.getRuntime().halt(0);
    }
}
