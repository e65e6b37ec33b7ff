import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/**
 * What Java's Avro makes of pairs of schemas, a line of JSON each: {"older": text, "newer": text}. The answer is a line too: for each schema its text as Java prints it or null where it is
 * refused, and what a reader with the newer one cannot read of the older one's data ("backward"), and the other way round ("forward"), as [type, location] pairs.
 */
public final class AvroCases {
    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode asked = json.readTree(line);
            ObjectNode answer = json.createObjectNode();
            Schema older = parse(asked.get("older").textValue(), answer, "older");
            Schema newer = parse(asked.get("newer").textValue(), answer, "newer");
            if (older != null && newer != null) {
                compare(newer, older, answer.putArray("backward"));
                compare(older, newer, answer.putArray("forward"));
            }
            System.out.println(json.writeValueAsString(answer));
        }
    }

    private static Schema parse(String text, ObjectNode answer, String name) {
        try {
            Schema schema = new Schema.Parser().parse(text);
            answer.put(name, schema.toString());
            return schema;
        } catch (RuntimeException | StackOverflowError error) {
            answer.putNull(name);
            answer.put(name + "Error", String.valueOf(error.getMessage()));
            return null;
        }
    }

    private static void compare(Schema reader, Schema writer, ArrayNode into) {
        try {
            var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
            for (Incompatibility each : result.getIncompatibilities()) {
                into.addArray().add(each.getType().name()).add(each.getLocation());
            }
        } catch (RuntimeException | StackOverflowError error) {
            into.addArray().add("EXCEPTION").add(String.valueOf(error.getMessage()));
        }
    }
}
