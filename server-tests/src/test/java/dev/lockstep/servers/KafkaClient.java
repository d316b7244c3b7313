package dev.lockstep.servers;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/** Kafka's client as far as its network layer, over one connection. */
final class KafkaClient {

    private static final int LIMIT_MILLIS = 60_000;

    private KafkaClient() {}

    /** Asks a broker for the id of its cluster. */
    static String clusterId(int port, X509Certificate authority) throws Exception {
        Time time = Time.SYSTEM;
        try (Metrics metrics = new Metrics();
                NetworkClient client = ClientUtils.createNetworkClient(
                        new AdminClientConfig(settings(port, authority)),
                        "test",
                        metrics,
                        "client",
                        new LogContext(),
                        new ApiVersions(),
                        time,
                        1,
                        LIMIT_MILLIS,
                        null,
                        new ManualMetadataUpdater(),
                        new DefaultHostResolver(),
                        null,
                        null)) {
            Node broker = new Node(1, "localhost", port);
            if (!NetworkClientUtils.awaitReady(client, broker, time, LIMIT_MILLIS)) {
                throw new IOException("no connection");
            }
            DescribeClusterResponse answer = (DescribeClusterResponse) NetworkClientUtils.sendAndReceive(
                            client,
                            client.newClientRequest(
                                    broker.idString(),
                                    new DescribeClusterRequest.Builder(new DescribeClusterRequestData()),
                                    time.milliseconds(),
                                    true),
                            time)
                    .responseBody();
            return answer.data().clusterId();
        }
    }

    private static Map<String, Object> settings(int port, X509Certificate authority) throws Exception {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(authority.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "localhost:" + port);
        settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
        settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, LIMIT_MILLIS);
        settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
        settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
        settings.put(SslConfigs.SSL_PROTOCOL_CONFIG, "TLSv1.2");
        settings.put(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, "TLSv1.2");
        return settings;
    }
}
