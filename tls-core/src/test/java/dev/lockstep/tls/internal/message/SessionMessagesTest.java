package dev.lockstep.tls.internal.message;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tickets on the wire: RFC 5077 3.2 and 3.3. */
class SessionMessagesTest {

    @Test
    void theHintIsFourBytesWithoutSign() {
        NewSessionTicket longest = new NewSessionTicket(0xffffffffL, new byte[] {7});
        assertThat(HexFormat.of().formatHex(longest.encode())).isEqualTo("04000007" + "ffffffff" + "000107");
        assertThat(NewSessionTicket.parse(hex("ffffffff 0001 07"))).isEqualTo(longest);
        assertThat(NewSessionTicket.parse(hex("80000001 0000")).lifetimeHint()).isEqualTo(0x80000001L);
    }

    @Test
    void whatDoesNotFitIsRefusedWhenMade() {
        assertThatThrownBy(() -> new NewSessionTicket(1L << 32, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NewSessionTicket(-1, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NewSessionTicket(0, new byte[0x10000]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WireWriter().uint32(1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNewTicketMayBeEmptyButNotCut() {
        assertThat(NewSessionTicket.parse(hex("00000000 0000")).ticket()).isEmpty();
        assertThat(new NewSessionTicket(0, new byte[0xffff]).ticket()).hasSize(0xffff);
        assertDecodeError(() -> NewSessionTicket.parse(hex("00000000 0001")));
        assertDecodeError(() -> NewSessionTicket.parse(hex("000000")));
    }

    @Test
    void theTicketOfAClientHelloHasNoLengthOfItsOwn() {
        assertThat(SessionTicket.parse(hex("")).isEmpty()).isTrue();
        assertThat(SessionTicket.parse(hex("0002 aabb")).ticket()).containsExactly(0x00, 0x02, 0xaa, 0xbb);
    }

    @Test
    void theLongestTicketThatAHelloHoldsIsRead() {
        byte[] ticket = Samples.bytes(0xffff - 4, 3);
        WireWriter out = new WireWriter();
        ExtensionSet.of(List.of(new SessionTicket(ticket))).encode(out);
        SessionTicket read =
                ExtensionSet.parseClientHello(WireReader.of(out.toByteArray())).find(SessionTicket.class);
        assertThat(read).isEqualTo(new SessionTicket(ticket));
    }

    @Test
    void theServerAnswersWithAnEmptyBody() {
        assertThat(SessionTicket.parseServerHello(hex(""))).isEqualTo(SessionTicket.empty());
        assertDecodeError(() -> SessionTicket.parseServerHello(hex("00")));
    }

    @Test
    void aTicketIsNotWrittenToLogs() {
        assertThat(new SessionTicket(new byte[] {1, 2, 3})).hasToString("SessionTicket[3 bytes]");
        assertThat(new NewSessionTicket(60, new byte[] {1, 2, 3})).hasToString("NewSessionTicket[3 bytes, 60 s]");
    }
}
