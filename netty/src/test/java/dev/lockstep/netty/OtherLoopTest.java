package dev.lockstep.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A channel that is registered with another event loop: its connection is moved there, and nowhere else. */
@Timeout(60)
class OtherLoopTest {

    @Test
    void aDeadlineThatWasSetOnTheLoopBefore() throws Exception {
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        Set<Thread> movers = ConcurrentHashMap.newKeySet();
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256)).toBuilder()
                .handshakeTimeout(Duration.ofSeconds(1))
                .clock(() -> {
                    movers.add(Thread.currentThread()); // each move looks at the clock
                    return System.nanoTime();
                })
                .build();
        LockstepHandler tls = new LockstepHandler(config);
        EventLoopGroup other = new NioEventLoopGroup(1);
        try (NioServer server = new NioServer(channel -> {
                    channel.pipeline().addLast(tls, new Application());
                    accepted.complete(channel);
                });
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), server.address().getPort())) {
            Channel channel = accepted.get(30, TimeUnit.SECONDS);
            channel.deregister().sync();
            other.register(channel).sync();
            movers.clear();
            assertThat(tls.handshakeFuture().await(30, TimeUnit.SECONDS)).isTrue();
            client.shutdownOutput();
            assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
            Thread loop = other.next().submit(Thread::currentThread).get();
            assertThat(movers).containsExactly(loop);
        } finally {
            other.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
        }
    }
}
