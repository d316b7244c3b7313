package dev.lockstep.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.explain.Transcript.WireRecord;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records are found however the bytes come, and messages however the records cut them. */
class WireTest {

    private static final String SERVER_HELLO_DONE = "160303000" + "4" + "0e000000";
    private static final String CHANGE_CIPHER_SPEC = "1403030001" + "01";

    private final Transcript transcript = new Transcript();
    private final Wire wire = new Wire(transcript, false);

    private void pass(String hex) {
        wire.pass(HexFormat.of().parseHex(hex));
    }

    private List<WireRecord> records() {
        return transcript.events().stream().map(event -> (WireRecord) event).toList();
    }

    @Test
    void bytesMayComeOneByOneOrAllTogether() {
        for (byte each : HexFormat.of().parseHex(SERVER_HELLO_DONE)) {
            wire.pass(new byte[] {each});
        }
        pass(SERVER_HELLO_DONE + CHANGE_CIPHER_SPEC);

        assertThat(records())
                .extracting(WireRecord::names)
                .containsExactly(List.of("ServerHelloDone"), List.of("ServerHelloDone"), List.of("ChangeCipherSpec"));
    }

    @Test
    void aRecordMayHoldSeveralMessages() {
        pass("1603030008" + "0e000000" + "0e000000");

        assertThat(records())
                .extracting(WireRecord::names)
                .containsExactly(List.of("ServerHelloDone", "ServerHelloDone"));
    }

    @Test
    void aMessageThatIsCutIsSaidToBeSoUntilItEnds() {
        pass("1603030002" + "1600"); // CertificateStatus, cut within its header
        pass("1603030004" + "00020000");
        pass(SERVER_HELLO_DONE);

        assertThat(records()).extracting(WireRecord::isPart).containsExactly(true, true, false);
        assertThat(new Explanation(transcript).next())
                .contains("16 00                                            a part of a handshake message")
                .contains("### Server: ServerHelloDone");
    }

    @Test
    void whatFollowsChangeCipherSpecIsNotOpened() {
        pass(CHANGE_CIPHER_SPEC + "1603030004" + "0e000000" + "1503030002" + "0100");

        assertThat(records()).extracting(WireRecord::isProtected).containsExactly(false, true, true);
        assertThat(records()).extracting(WireRecord::names).contains(List.of("Finished"), List.of("Alert"));
        assertThat(new Explanation(transcript).next()).noneMatch(line -> line.contains("close_notify"));
    }
}
