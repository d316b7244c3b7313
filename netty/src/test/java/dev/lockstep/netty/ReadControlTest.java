package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who reads when the application does so itself: no more than it asks for, and as much as a record or a handshake needs. */
class ReadControlTest {

    private final Reads reads = new Reads();

    private EmbeddedTls established(boolean autoRead) {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client(), autoRead);
        open.establishes();
        open.channel.pipeline().addFirst(reads);
        return open;
    }

    /** The first bytes of a record, and the end of what the transport has read. */
    private static void receivesPartOfARecord(EmbeddedTls open) {
        open.client.sends(applicationData("later"));
        byte[] record = open.client.takeRecords().get(0);
        open.channel.writeInbound(open.memory.buffer().writeBytes(record, 0, 9));
    }

    /** As proxies do: the next read is asked for when the data is passed on, which may be immediately. */
    @Test
    void anApplicationThatReadsOnWhileItIsGivenData() {
        try (EmbeddedTls open = established(false)) {
            open.application.onData = ChannelHandlerContext::read;
            open.channel.read();
            open.says(applicationData("whole"));
            assertThat(open.application.takeReceived()).asString().isEqualTo("whole");
            int before = reads.asked;
            receivesPartOfARecord(open);
            assertThat(reads.asked).as("reads for the rest of the record").isGreaterThan(before);
        }
    }

    @Test
    void aWriteThatIsNotFlushedReadsNothing() {
        try (EmbeddedTls open = established(false)) {
            open.channel.write(open.text("later"));
            open.channel.pipeline().fireChannelReadComplete();
            assertThat(reads.asked).isZero();
        }
    }

    @Test
    void anApplicationThatTurnsAutoReadOffInTheMiddleOfARecord() {
        try (EmbeddedTls open = established(true)) {
            receivesPartOfARecord(open);
            open.channel.config().setAutoRead(false);
            int before = reads.asked;
            open.channel.writeAndFlush(open.text("answer"));
            assertThat(reads.asked).isEqualTo(before);
            open.channel.read();
            assertThat(reads.asked).isGreaterThan(before);
        }
    }

    @Test
    void aRenegotiationNeedsNoReadsOfTheApplication() {
        try (EmbeddedTls open = established(false)) {
            Future<Channel> again = open.tls.renegotiate();
            open.hears();
            int before = reads.asked;
            assertThat(before).as("reads for ClientHello").isPositive();
            open.says(new ClientMessage[] {renegotiatingClientHello()});
            assertThat(reads.asked).as("reads for Finished").isGreaterThan(before);
            open.says(clientKeyExchange(), changeCipherSpec(), finished());
            assertThat(again.isSuccess()).isTrue();
            before = reads.asked;
            open.channel.pipeline().fireChannelReadComplete();
            assertThat(reads.asked).isEqualTo(before);
        }
    }

    /** A client that answers the request with data, and with nothing else, does not fill the memory of the application. */
    @Test
    void aClientThatSendsDataInsteadOfAHandshake() {
        try (EmbeddedTls open = established(false)) {
            open.tls.renegotiate();
            open.hears();
            int before;
            int received = 0;
            do {
                before = reads.asked;
                open.says(applicationData(new byte[1 << 14]));
                received += open.application.takeReceived().length;
            } while (reads.asked > before && received < 4 << 20);
            assertThat(received).isLessThan(1 << 20);
            open.channel.read();
            open.says(applicationData("more"));
            assertThat(reads.asked)
                    .as("reads of the application and for the handshake")
                    .isGreaterThan(before + 1);
        }
    }
}
