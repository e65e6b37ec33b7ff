import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;

/** The functions that a case's topology may name. `conformance/src/streams/functions.ts` holds the same ones; both follow the README beside it. */
final class CaseFunctions {
    private static final int TEXT_LENGTH_MAX = 16;

    private CaseFunctions() {}

    static String text(Object datum) {
        if (datum instanceof Windowed<?> windowed) return text(windowed.key()) + "@" + windowed.window().start() + "-" + windowed.window().end();
        return String.valueOf(datum);
    }

    static long number(Object datum) {
        if (datum == null) return 0;
        return datum instanceof Long number ? number : text(datum).length();
    }

    private static String lastOf(String text) {
        return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(text.length() - TEXT_LENGTH_MAX);
    }

    private static String firstOf(Object datum) {
        String text = text(datum);
        return text.isEmpty() ? "" : text.substring(0, 1);
    }

    private static String without(Object datum, Object part) {
        String text = text(datum);
        int at = text.indexOf(text(part));
        return at < 0 ? text : text.substring(0, at) + text.substring(at + text(part).length());
    }

    static boolean test(String name, Object key, Object value) {
        return switch (name) {
            case "hasA" -> text(value).contains("a");
            case "keyHasA" -> text(key).contains("a");
            case "isEven" -> number(value) % 2 == 0;
            case "notNull" -> value != null;
            case "none" -> false;
            case "all" -> true;
            default -> throw unknown(name);
        };
    }

    static Object key(String name, Object key, Object value) {
        return switch (name) {
            case "sameKey" -> key;
            case "textOfKey" -> text(key);
            case "firstOfValue" -> value == null ? null : firstOf(value);
            case "valueAsKey" -> value == null ? null : text(value);
            case "keyAndValue" -> lastOf(text(key) + "/" + text(value));
            case "nullKeyIfC" -> firstOf(value).equals("c") ? null : text(key);
            default -> throw unknown(name);
        };
    }

    static Object value(String name, Object key, Object value) {
        if (name.equals("same")) return value;
        if (name.equals("orNone")) return value == null ? "none" : text(value);
        if (value == null) return null;
        return switch (name) {
            case "tag" -> lastOf(text(value) + "!");
            case "first" -> firstOf(value);
            case "length" -> (long) text(value).length();
            case "plusOne" -> number(value) + 1;
            case "nullIfB" -> firstOf(value).equals("b") ? null : text(value);
            case "withKey" -> lastOf(text(key) + ":" + text(value));
            case "failIfC" -> {
                if (firstOf(value).equals("c")) throw new IllegalStateException("no value may begin with c");
                yield text(value);
            }
            default -> throw unknown(name);
        };
    }

    static Iterable<Object> values(String name, Object value) {
        List<Object> made = new ArrayList<>();
        switch (name) {
            case "characters" -> {
                if (value != null) for (char character : text(value).toCharArray()) made.add(String.valueOf(character));
            }
            case "twice" -> {
                made.add(value);
                made.add(value);
            }
            case "nothing" -> {
            }
            default -> throw unknown(name);
        }
        return made;
    }

    static Iterable<KeyValue<Object, Object>> records(String name, Object key, Object value) {
        return switch (name) {
            case "swapped" -> List.of(KeyValue.pair(text(value), text(key)));
            case "spread" -> List.of(KeyValue.pair(text(key), text(value)), KeyValue.pair(lastOf(text(key) + "'"), text(value)));
            case "nothing" -> List.of();
            default -> throw unknown(name);
        };
    }

    static Object initial(String name) {
        return switch (name) {
            case "empty" -> "";
            case "zero" -> 0L;
            case "null" -> null;
            default -> throw unknown(name);
        };
    }

    static Object reduce(String name, Object first, Object second) {
        return switch (name) {
            case "concat" -> lastOf(text(first) + text(second));
            case "sum" -> number(first) + number(second);
            case "last" -> second;
            case "max" -> text(first).compareTo(text(second)) >= 0 ? first : second;
            case "without" -> without(first, second);
            case "minus" -> number(first) - number(second);
            case "nullIfEqual" -> text(first).equals(text(second)) ? null : second;
            default -> throw unknown(name);
        };
    }

    static Object aggregate(String name, Object value, Object aggregate) {
        return switch (name) {
            case "concat" -> lastOf((aggregate == null ? "" : text(aggregate)) + text(value));
            case "sum" -> number(aggregate) + number(value);
            case "minus" -> number(aggregate) - number(value);
            case "without" -> aggregate == null ? null : without(aggregate, value);
            case "lastOrNull" -> value == null ? null : text(value);
            case "nullIfB" -> firstOf(value).equals("b") ? null : text(value);
            case "countNulls" -> number(aggregate) + (value == null ? 1 : 0);
            default -> throw unknown(name);
        };
    }

    static Object merge(String name, Object first, Object second) {
        return switch (name) {
            case "concat" -> lastOf((first == null ? "" : text(first)) + (second == null ? "" : text(second)));
            case "sum" -> number(first) + number(second);
            default -> throw unknown(name);
        };
    }

    static Object join(String name, Object left, Object right) {
        return switch (name) {
            case "pair" -> lastOf("(" + text(left) + "," + text(right) + ")");
            case "left" -> left == null ? null : text(left);
            case "right" -> right == null ? null : text(right);
            case "sum" -> number(left) + number(right);
            case "nullIfEqual" -> text(left).equals(text(right)) ? null : lastOf(text(left) + text(right));
            default -> throw unknown(name);
        };
    }

    static Object foreignKey(String name, Object key, Object value) {
        if (name.equals("keyFirst")) return firstOf(key);
        if (value == null) return null;
        return switch (name) {
            case "first" -> firstOf(value);
            case "second" -> text(value).length() < 2 ? null : text(value).substring(1, 2);
            case "nullIfB" -> firstOf(value).equals("b") ? null : firstOf(value);
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("the shared library has no function " + name);
    }
}
