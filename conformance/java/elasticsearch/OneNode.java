import org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner;

/** One node of Elasticsearch: a folder of its own and its port are the arguments. Ends with its standard input. */
public final class OneNode {
  public static void main(String[] args) throws Exception {
    ElasticsearchClusterRunner runner = new ElasticsearchClusterRunner();
    // The port is given, and not looked for.
    runner.setMaxHttpPort(-1);
    runner.onBuild((number, settings) -> {
      settings.put("network.host", "127.0.0.1");
      settings.put("http.port", args[1]);
      settings.put("transport.port", "0");
      settings.put("http.max_content_length", "1mb");
      settings.put("discovery.type", "single-node");
      settings.putList("discovery.seed_hosts");
      settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
    });
    runner.build(ElasticsearchClusterRunner.newConfigs().basePath(args[0]).numOfNode(1).clusterName("conformance").useLogger());
    runner.ensureYellow();
    System.out.println("ready");
    while (System.in.read() >= 0) {}
    runner.close();
  }
}
