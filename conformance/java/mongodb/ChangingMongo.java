import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/** A server in memory that speaks MongoDB's protocol and tells the changes of a collection: its port is the one argument. Ends with its standard input. */
public final class ChangingMongo {
  public static void main(String[] args) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend());
    server.enableOplog();
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("ready");
    while (System.in.read() >= 0) {}
    server.shutdownNow();
  }
}
