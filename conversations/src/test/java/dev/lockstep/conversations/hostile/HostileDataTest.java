package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.damaged;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static dev.lockstep.tls.spec.AlertDescription.BAD_RECORD_MAC;
import static dev.lockstep.tls.spec.AlertDescription.RECORD_OVERFLOW;
import static dev.lockstep.tls.spec.AlertDescription.UNEXPECTED_MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSuite;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may not do on an established connection, what it may, and how a connection ends. */
class HostileDataTest {

    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";
    private static final CipherSuite GCM = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    private static Conversation connected(CipherSuite suite, boolean encryptThenMac, Forms forms) {
        TestIdentity identity = suite.name().contains("ECDSA") ? TestIdentity.P256 : TestIdentity.RSA_2048;
        ClientOptions options = ClientOptions.offering(suite).encryptThenMac(encryptThenMac);
        return Conversation.of(config(local(identity)), options, forms).completes();
    }

    private static Conversation connected(Forms forms) {
        return connected(GCM, true, forms);
    }

    /** Every way of damaging a record is the same defect: to the alert, and to the number of steps. */
    static Stream<Arguments> damages() {
        Map<String, UnaryOperator<byte[]>> all = new LinkedHashMap<>();
        all.put("first byte of the fragment", r -> Bytes.flipped(r, 5));
        all.put("byte 16 of the fragment", r -> Bytes.flipped(r, 5 + 16));
        all.put("middle", r -> Bytes.flipped(r, r.length / 2));
        all.put("last byte", r -> Bytes.flipped(r, -1));
        all.put("last byte of the last block but one", r -> Bytes.flipped(r, -17));
        all.put("16 bytes missing", r -> resized(r, r.length - 16));
        all.put("one byte missing", r -> resized(r, r.length - 1));
        all.put("one byte more", r -> resized(r, r.length + 1));
        all.put("16 bytes more", r -> resized(r, r.length + 16));
        all.put("one byte left", r -> resized(r, 5 + 1));
        all.put("15 bytes left", r -> resized(r, 5 + 15));
        all.put("16 bytes left", r -> resized(r, 5 + 16));
        all.put("nothing left", r -> resized(r, 5));
        all.put("another content type", r -> Bytes.concat(Bytes.u8(22), Bytes.slice(r, 1, r.length - 1)));
        return ClientSuite.ordinary()
                .filter(suite -> suite.name().startsWith("TLS_RSA")
                        || suite.name().contains("CHACHA")
                        || suite == CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384)
                .flatMap(suite -> Stream.of(true, false)
                        .filter(etm -> etm || ClientSuite.of(suite).isCbc())
                        .map(etm -> Arguments.of(suite, etm, all)));
    }

    private static byte[] resized(byte[] record, int length) {
        byte[] fragment = Arrays.copyOf(Bytes.slice(record, 5, record.length - 5), length - 5);
        return Bytes.concat(Bytes.slice(record, 0, 3), Bytes.vector(2, fragment));
    }

    @ParameterizedTest(name = "{0}, encrypt_then_mac {1}")
    @MethodSource("damages")
    void aDamagedRecordIsBadRecordMacWhateverTheDamage(
            CipherSuite suite, boolean encryptThenMac, Map<String, UnaryOperator<byte[]>> damages) {
        // RFC 5246 6.2.3.2-3, 6.2.3.3-3, 7.2.2-5, RFC 5288 3-4, RFC 7366 3-3
        List<StepResult> results = null;
        for (Map.Entry<String, UnaryOperator<byte[]>> damage : damages.entrySet()) {
            Conversation conversation = connected(suite, encryptThenMac, Forms.PLAIN);
            conversation.client().sends(damaged(applicationData(new byte[100]), damage.getValue()));
            conversation.server().settle();
            assertThat(conversation.server().failure())
                    .as(damage.getKey())
                    .isNotNull()
                    .extracting(TlsException::alert)
                    .isEqualTo(BAD_RECORD_MAC);
            conversation.server().hasReceived("");
            conversation.server().hasRefused(BAD_RECORD_MAC);
            results = results == null ? conversation.server().results() : results;
            assertThat(conversation.server().results()).as(damage.getKey()).isEqualTo(results);
        }
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aRecordSentTwiceIsBadRecordMac(Forms forms) {
        Conversation conversation = connected(forms);
        conversation.client().sends(damaged(applicationData("again"), r -> Bytes.concat(r, r)));
        conversation.server().refuses(BAD_RECORD_MAC);
        conversation.server().hasReceived("again");
    }

    static Stream<Arguments> misdeeds() {
        List<Arguments> all = new ArrayList<>();
        Forms.inputs().forEach(forms -> {
            all.add(Arguments.of("2^14 + 1 bytes of data", forms, RECORD_OVERFLOW, applicationData(new byte[16385])));
            all.add(Arguments.of(
                    "a ciphertext over 2^14 + 2048", forms, RECORD_OVERFLOW, raw(new byte[] {23, 3, 3, 0x48, 1})));
            all.add(Arguments.of("ChangeCipherSpec", forms, UNEXPECTED_MESSAGE, record(20, new byte[] {1})));
            all.add(Arguments.of("Finished again", forms, UNEXPECTED_MESSAGE, strayHandshake(20, new byte[12])));
            all.add(Arguments.of("ClientKeyExchange", forms, UNEXPECTED_MESSAGE, strayHandshake(16, new byte[33])));
            all.add(Arguments.of("heartbeat", forms, UNEXPECTED_MESSAGE, record(24, new byte[19])));
            all.add(Arguments.of("33 empty records", forms, UNEXPECTED_MESSAGE, times(33, applicationData(""))));
            all.add(Arguments.of(
                    "five warnings in a row",
                    forms,
                    UNEXPECTED_MESSAGE,
                    times(5, warningAlert(AlertDescription.USER_CANCELED))));
        });
        return all.stream();
    }

    private static ClientMessage times(int count, ClientMessage message) {
        return client -> {
            for (int i = 0; i < count; i++) {
                message.writeTo(client);
            }
        };
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("misdeeds")
    void isRefused(String name, Forms forms, AlertDescription alert, ClientMessage message) {
        // RFC 5246 6-2, 6.2.1-1, 6.2.3-1, 7.2.2-3
        Conversation conversation = connected(forms);
        conversation.client().sends(message);
        conversation.server().refuses(alert);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void emptyRecordsAndWarningsBelowTheLimitAreTaken(Forms forms) {
        Conversation conversation = connected(forms);
        conversation.client().sends(times(32, applicationData("")), applicationData("one"));
        conversation.client().sends(times(4, warningAlert(AlertDescription.USER_CANCELED)), applicationData("two"));
        conversation.client().sends(times(32, applicationData("")), applicationData(new byte[1 << 14]));
        conversation.server().answers();
        conversation.server().hasReceived(Bytes.concat(new byte[] {'o', 'n', 'e', 't', 'w', 'o'}, new byte[1 << 14]));
    }

    /** RFC 5246 7.2: there are two levels. What has another one is no close_notify either, and does not end a connection well. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void aCloseNotifyOfNoLevelIsIllegal(int level) {
        Conversation conversation = connected(Forms.PLAIN);
        conversation.client().sends(record(21, new byte[] {(byte) level, 0}));
        conversation.server().settle();
        conversation.server().hasRefused(AlertDescription.ILLEGAL_PARAMETER);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void anAlertMayComeInTwoRecords(Forms forms) {
        Conversation conversation = connected(forms);
        conversation.client().sends(record(21, new byte[] {1}), record(21, new byte[] {0}));
        conversation.server().answers(Kind.ALERT);
        assertThat(conversation.server().connection().isClosed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void renegotiationIsRefusedAndTheDataStillServed(Forms forms) {
        Conversation conversation = connected(forms);
        for (int i = 0; i < 4; i++) {
            conversation.client().sends(clientHello());
            conversation.server().settle();
            assertThat(conversation.client().takeSeen()).singleElement().satisfies(seen -> assertThat(seen.body())
                    .containsExactly(1, 100));
            conversation.exchangesData();
        }
        conversation.client().sends(clientHello());
        conversation.server().refuses(UNEXPECTED_MESSAGE);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void closeNotifyIsAnsweredOnceAndWhatFollowsIsIgnored(Forms forms) {
        // RFC 5246 7.2.1-1
        Conversation conversation = connected(forms);
        conversation.client().sends(applicationData("last"), closeNotify(), applicationData("after the end"));
        conversation.server().settle();
        conversation.server().hasReceived("last");
        assertThat(conversation.client().takeSeen()).singleElement().satisfies(seen -> assertThat(seen.body())
                .containsExactly(1, 0));
        assertThat(conversation.server().failure()).isNull();
        conversation.server().isDead();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aFatalAlertIsNeverAnswered(Forms forms) {
        // RFC 5246 7.2.2-1
        Conversation conversation = connected(forms);
        conversation.client().sends(fatalAlert(AlertDescription.ACCESS_DENIED));
        conversation.server().answers();
        assertThat(conversation.server().failure()).isNotNull();
        assertThat(conversation.server().failure().fromPeer()).isTrue();
        assertThat(conversation.server().failure().alert()).isEqualTo(AlertDescription.ACCESS_DENIED);
        conversation.server().isDead();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void theEndOfTheStreamWithoutCloseNotifyIsATruncationAfterTheLastRecord(Forms forms) {
        Conversation conversation = connected(forms);
        conversation.client().sends(applicationData("almost "), applicationData("all"));
        conversation.server().buffersInput().meetsEndOfStream();
        conversation.server().settle();
        conversation.server().hasReceived("almost all");
        assertThat(conversation.server().failure()).isNotNull();
        conversation.client().takeSeen();
        conversation.server().isDead();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void theEndOfTheStreamAfterCloseNotifyIsFine(Forms forms) {
        Conversation conversation = connected(forms);
        conversation.client().sends(closeNotify());
        conversation.server().buffersInput().meetsEndOfStream();
        conversation.server().answers(Kind.ALERT);
        assertThat(conversation.server().failure()).isNull();
        conversation.server().meetsEndOfStream();
        conversation.server().isDead();
    }
}
