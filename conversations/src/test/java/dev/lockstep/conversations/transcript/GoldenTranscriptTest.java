package dev.lockstep.conversations.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.docs.GeneratedPage;
import dev.lockstep.explain.Transcript;
import dev.lockstep.explain.Transcript.WireRecord;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.CertificateRequest;
import dev.lockstep.tls.internal.message.CertificateVerify;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.Finished;
import dev.lockstep.tls.internal.message.HandshakeMessage;
import dev.lockstep.tls.internal.message.NewSessionTicket;
import dev.lockstep.tls.internal.message.ServerHello;
import dev.lockstep.tls.internal.message.ServerHelloDone;
import dev.lockstep.tls.internal.message.ServerKeyExchange;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.KeyExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Conversations with fixed randomness against what was written down of them, byte for byte, and the page that explains
 * them. {@code -Ddocs.update=true} writes both down again.
 */
@Tag("docs")
class GoldenTranscriptTest {

    private static final Path FILES =
            Path.of("src", "test", "resources", "dev", "lockstep", "conversations", "transcript");
    private static final Path PAGE = Path.of("..", "docs", "design", "illustrated.md");

    @ParameterizedTest
    @EnumSource
    void everyByteIsAsItWas(Golden golden) throws IOException {
        String text = new TranscriptText(golden, golden.transcript()).file();
        GeneratedPage.is(FILES.resolve(golden.fileName() + ".txt"), text);
    }

    @Test
    void thePageExplainsTheseBytes() throws IOException {
        List<String> page = new ArrayList<>(List.of(
                "# Three handshakes, byte by byte",
                "",
                "Printed from the recorded conversations of `GoldenTranscriptTest`; a test fails when this page is stale. Do not",
                "edit. Both sides are Lockstep's: the scripted client of `testkit` and the server, in memory, with fixed",
                "randomness. Every byte of every record is here, left to right as on the wire; what is encrypted is printed",
                "twice, and the second time in the clear. The rows and states are those of [the table](handshake.md).",
                "`lockstep explain` prints the same of a live handshake ([debugging](../guide/debugging.md#explain)).",
                ""));
        for (Golden golden : Golden.values()) {
            page.addAll(new TranscriptText(golden, golden.transcript()).chapter());
            page.add("");
        }
        page.remove(page.size() - 1);
        GeneratedPage.is(PAGE, String.join("\n", page) + "\n");
    }

    /** The names on the page are those of the structs that the library's parsers read. */
    @ParameterizedTest
    @EnumSource
    void theParsersReadWhatThePageNames(Golden golden) {
        for (Transcript.Event event : golden.transcript().events()) {
            if (event instanceof WireRecord record && record.type() == Transcript.HANDSHAKE) {
                for (byte[] message : record.messages()) {
                    assertThat(parsed(message).encode()).isEqualTo(message);
                }
            }
        }
    }

    private static HandshakeMessage parsed(byte[] message) {
        WireReader body = new WireReader(message, 4, message.length - 4);
        return switch (message[0]) {
            case 1 -> ClientHello.parse(body);
            case 2 -> ServerHello.parse(body);
            case 4 -> NewSessionTicket.parse(body);
            case 11 -> CertificateMessage.parse(body);
            case 12 -> ServerKeyExchange.parse(KeyExchange.ECDHE_ECDSA, body);
            case 13 -> CertificateRequest.parse(body);
            case 14 -> ServerHelloDone.parse(body);
            case 15 -> CertificateVerify.parse(body);
            case 16 -> ClientKeyExchange.parse(KeyExchange.ECDHE_ECDSA, body);
            case 20 -> Finished.parse(body);
            default -> throw new AssertionError("handshake type " + message[0]);
        };
    }
}
