import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node and a data node in one process: FOLDER PORT new|old. */
public final class OneHdfs {
  public static void main(String[] args) throws Exception {
    Configuration settings = new Configuration();
    settings.setInt("dfs.replication", 1);
    settings.setBoolean("dfs.permissions.enabled", false);
    // A restart is soon out of its safe mode.
    settings.setInt("dfs.namenode.safemode.extension", 0);
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(settings, new File(args[0]))
            .numDataNodes(1)
            .nameNodeHttpPort(Integer.parseInt(args[1]))
            .format(args[2].equals("new"))
            .build();
    cluster.waitActive();
    System.out.println("READY");
    while (System.in.read() >= 0) {}
    cluster.shutdown();
    System.exit(0);
  }
}
