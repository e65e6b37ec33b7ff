import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/** `DslMethods NAME…`: the public methods that classes of Kafka Streams and of its test driver declare, by their simple names, as a line of JSON. */
public final class DslMethods {
    private static final Set<String> OF_ALL_OBJECTS = Set.of("equals", "hashCode", "toString");

    private DslMethods() {}

    public static void main(String[] names) throws Exception {
        Map<String, List<String>> byName = new TreeMap<>();
        for (Class<?> home : List.of(Topology.class, TopologyTestDriver.class)) {
            for (String name : classesBeside(home)) byName.computeIfAbsent(simple(name), none -> new ArrayList<>()).add(name);
        }
        Map<String, Set<String>> methods = new TreeMap<>();
        for (String name : names) methods.put(name, methodsOf(only(name, byName.getOrDefault(name, List.of()))));
        System.out.println(new ObjectMapper().writeValueAsString(methods));
    }

    /** All that users may name in the jar of that class. */
    private static List<String> classesBeside(Class<?> home) throws IOException {
        try (JarFile jar = new JarFile(Path.of(home.getProtectionDomain().getCodeSource().getLocation().getPath()).toFile())) {
            return jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.startsWith("org/apache/kafka/streams/") && name.endsWith(".class") && !name.contains("/internals/"))
                .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                .collect(Collectors.toList());
        }
    }

    private static String simple(String name) {
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    /** Of two, the one that processors are written with today. */
    private static String only(String name, List<String> found) {
        List<String> ofToday = found.size() > 1 ? found.stream().filter(each -> each.contains(".api.")).toList() : found;
        if (ofToday.size() != 1) throw new IllegalArgumentException(name + " is in the jars as " + found);
        return ofToday.get(0);
    }

    private static Set<String> methodsOf(String name) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(name).getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !method.isBridge())
            .map(Method::getName)
            .filter(method -> !OF_ALL_OBJECTS.contains(method))
            .collect(Collectors.toCollection(TreeSet::new));
    }
}
