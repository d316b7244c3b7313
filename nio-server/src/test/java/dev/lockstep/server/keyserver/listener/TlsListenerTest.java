package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/** What the key server's TCP port does with a connection before the first byte. */
class TlsListenerTest {

    @Test
    void theKernelAsksWhetherAClientThatSendsNothingIsStillThere() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TlsListener.Setting none = new TlsListener.Setting(any, null, null);
        try (TlsListener listener = TlsListener.open(any, () -> none)) {
            listener.channel().configureBlocking(true);
            int port = listener.channel().socket().getLocalPort();
            try (Socket client = new Socket(any.getAddress(), port);
                    SocketChannel accepted = listener.channel().accept()) {
                assertThat(listener.admit(accepted)).isNotNull();
                assertThat(client.isConnected()).isTrue();
                assertThat(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE))
                        .isTrue();
                if (accepted.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                    int idle = accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
                    int interval = accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
                    int count = accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
                    assertThat(idle + interval * count).as("seconds").isLessThanOrEqualTo(60);
                }
            }
        }
    }
}
