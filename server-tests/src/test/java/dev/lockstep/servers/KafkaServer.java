package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.feature.Features;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ConnectionMode;
import org.apache.kafka.common.network.KafkaChannel;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.NetworkSend;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.network.SslChannelBuilder;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * The network layer of a Kafka broker, without the broker: Kafka's selector and TLS transport on one network thread, with an
 * engine factory as {@code ssl.engine.factory.class} names it. It answers the two requests of {@link KafkaClient}.
 */
final class KafkaServer implements RunningServer {

    private static final int BACKLOG = 2048;
    private static final ListenerName LISTENER = ListenerName.forSecurityProtocol(SecurityProtocol.SSL);

    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final Queue<SocketChannel> accepted = new ConcurrentLinkedQueue<>();
    private final Selector selector;
    private final Thread acceptor = new Thread(this::accept, "kafka-acceptor");
    private final Thread network = new Thread(this::serve, "kafka-network");
    private int connections;
    private volatile boolean closed;

    KafkaServer(LockstepContext context) throws IOException {
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        Map<String, Object> settings = new HashMap<>();
        settings.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, KafkaEngines.class);
        settings.put(KafkaEngines.CONTEXT, context);
        SslChannelBuilder channels = new SslChannelBuilder(ConnectionMode.SERVER, LISTENER, false);
        channels.configure(settings);
        selector = new Selector(-1, new Metrics(), Time.SYSTEM, "server", channels, new LogContext());
        acceptor.start();
        network.start();
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel channel = listener.accept();
                channel.configureBlocking(false);
                accepted.add(channel);
                selector.wakeup();
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void serve() {
        try {
            while (!closed) {
                for (SocketChannel channel = accepted.poll(); channel != null; channel = accepted.poll()) {
                    selector.register(String.valueOf(connections++), channel);
                }
                selector.poll(10_000);
                for (NetworkReceive request : selector.completedReceives()) {
                    answer(selector.channel(request.source()), request.payload());
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            selector.close();
        }
    }

    private void answer(KafkaChannel channel, ByteBuffer request) {
        RequestContext context = new RequestContext(
                RequestHeader.parse(request),
                channel.id(),
                channel.socketAddress(),
                channel.principal(),
                LISTENER,
                SecurityProtocol.SSL,
                channel.channelMetadataRegistry().clientInformation(),
                false);
        selector.send(new NetworkSend(channel.id(), context.buildResponseSend(body(context.header.apiKey()))));
    }

    private static AbstractResponse body(ApiKeys key) {
        if (key == ApiKeys.DESCRIBE_CLUSTER) {
            return new DescribeClusterResponse(new DescribeClusterResponseData().setClusterId(PAGE));
        }
        ApiVersionCollection known = new ApiVersionCollection();
        known.add(ApiVersionsResponse.toApiVersion(ApiKeys.API_VERSIONS));
        known.add(ApiVersionsResponse.toApiVersion(ApiKeys.DESCRIBE_CLUSTER));
        return new ApiVersionsResponse.Builder()
                .setApiVersions(known)
                .setSupportedFeatures(Features.emptySupportedFeatures())
                .setFinalizedFeatures(Map.of())
                .build();
    }

    @Override
    public int port() {
        return listener.socket().getLocalPort();
    }

    @Override
    public String get(X509Certificate authority) throws Exception {
        return KafkaClient.clusterId(port(), authority);
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            selector.wakeup();
            acceptor.join();
            network.join();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
