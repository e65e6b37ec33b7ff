import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Where Java's producer puts keys: lines of a hexadecimal key and a number of partitions in, a partition a line out. */
public final class KeyPartitions {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            byte[] key = HexFormat.of().parseHex(words[0].substring(1));
            out.append(BuiltInPartitioner.partitionForKey(key, Integer.parseInt(words[1]))).append('\n');
        }
        System.out.print(out);
    }
}
