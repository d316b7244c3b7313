package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of the length that the client asked for: RFC 6066 4, RFC 8449. */
class RecordLengthTest {
    private static final int MAX_FRAGMENT_LENGTH = 1;
    private static final int RECORD_SIZE_LIMIT = 28;
    private static final CipherSuite AEAD = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;
    private static final String LONG = "0123456789abcdef".repeat(1500);

    static Stream<Forms> forms() {
        return Forms.inputs();
    }

    private static TlsServerConfig server() {
        return TestServers.config(TestServers.local(TestIdentity.RSA_2048));
    }

    private static ClientOptions asking(CipherSuite suite, int extension, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return ClientOptions.offering(suite).extension(extension, bytes);
    }

    private static Conversation completes(ClientOptions options) {
        return Conversation.of(server(), options, Forms.PLAIN).completes();
    }

    /** RFC 6066 4-1, 4-2, 4-5. */
    @ParameterizedTest
    @CsvSource({"1, 512", "2, 1024", "3, 2048", "4, 4096"})
    void aMaxFragmentLengthIsGrantedAndCountsAtOnce(int code, int length) {
        for (CipherSuite suite : new CipherSuite[] {AEAD, CBC}) {
            Conversation conversation = completes(asking(suite, MAX_FRAGMENT_LENGTH, code));
            conversation.server().sends(LONG);
            assertThat(conversation.client().takeReceived()).asString().isEqualTo(LONG);
            assertThat(conversation.client().serverExtension(MAX_FRAGMENT_LENGTH))
                    .containsExactly(code);
            assertThat(conversation.client().recordLengths(false)).allMatch(l -> l <= length);
            assertThat(conversation.client().recordLengths(true))
                    .allMatch(l -> l <= length)
                    .contains(length);
        }
    }

    @Test
    void theCertificateIsCutToTheFragmentLength() {
        Conversation conversation = completes(asking(AEAD, MAX_FRAGMENT_LENGTH, 1));
        assertThat(conversation.client().recordLengths(false)).contains(512);
    }

    /** RFC 6066 4-3. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 6, 255})
    void aMaxFragmentLengthThatStandsForNothingIsIllegal(int code) {
        Conversation conversation = Conversation.of(server(), asking(AEAD, MAX_FRAGMENT_LENGTH, code), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.ILLEGAL_PARAMETER);
    }

    /** RFC 6066 4-6. */
    @Test
    void aClientMayFillARecordToTheFragmentLengthAndNoFurther() {
        for (CipherSuite suite : new CipherSuite[] {AEAD, CBC}) {
            Conversation conversation = completes(asking(suite, MAX_FRAGMENT_LENGTH, 1));
            String fits = "x".repeat(512);
            conversation.client().sends(applicationData(fits));
            conversation.server().answers();
            conversation.server().hasReceived(fits);
            conversation.client().sends(applicationData(fits + "y"));
            conversation.server().refuses(AlertDescription.RECORD_OVERFLOW);
        }
    }

    @Test
    void aHandshakeRecordOverTheFragmentLengthIsAnOverflow() {
        Conversation conversation = Conversation.of(server(), asking(AEAD, MAX_FRAGMENT_LENGTH, 1), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(record(22, new byte[513]));
        conversation.server().refuses(AlertDescription.RECORD_OVERFLOW);
    }

    /** RFC 8449 4-1, 4-2, 4-3, 4-4. */
    @ParameterizedTest
    @ValueSource(ints = {64, 65, 512, 1000, 16383, 16384, 16385, 65535})
    void aRecordSizeLimitBoundsWhatIsSentUnderTheNewKeysAlone(int limit) {
        for (CipherSuite suite : new CipherSuite[] {AEAD, CBC}) {
            Conversation conversation = completes(asking(suite, RECORD_SIZE_LIMIT, limit >> 8, limit));
            conversation.server().sends(LONG);
            assertThat(conversation.client().takeReceived()).asString().isEqualTo(LONG);
            assertThat(conversation.client().serverExtension(RECORD_SIZE_LIMIT)).containsExactly(0x40, 0);
            int bound = Math.min(limit, 1 << 14);
            assertThat(conversation.client().recordLengths(true))
                    .allMatch(l -> l <= bound)
                    .contains(bound);
            assertThat(conversation.client().recordLengths(false)).anyMatch(l -> l > 500);
        }
    }

    @Test
    void withoutALimitOfItsOwnTheServerTakesFullRecords() {
        Conversation conversation = completes(asking(AEAD, RECORD_SIZE_LIMIT, 0, 64));
        String full = "x".repeat(1 << 14);
        conversation.client().sends(applicationData(full));
        conversation.server().answers();
        conversation.server().hasReceived(full);
    }

    /** RFC 8449 4-5. */
    @Test
    void aLimitOfItsOwnIsAdvertisedAndKept() {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.RSA_2048))
                .recordSizeLimit(600)
                .build();
        Conversation conversation = Conversation.of(config, asking(AEAD, RECORD_SIZE_LIMIT, 0x40, 0), Forms.PLAIN)
                .completes();
        assertThat(conversation.client().serverExtension(RECORD_SIZE_LIMIT)).containsExactly(600 >> 8, 600 & 0xff);
        String fits = "x".repeat(600);
        conversation.client().sends(applicationData(fits));
        conversation.server().answers();
        conversation.server().hasReceived(fits);
        // the limit is one of each direction
        conversation.server().sends(LONG);
        assertThat(conversation.client().recordLengths(true)).contains(1 << 14);
        conversation.client().takeSeen();
        conversation.client().sends(applicationData(fits + "y"));
        conversation.server().refuses(AlertDescription.RECORD_OVERFLOW);
    }

    @Test
    void clientsThatSayNothingOfLimitsAreNotHeldToThem() {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.RSA_2048))
                .recordSizeLimit(600)
                .build();
        Conversation conversation = Conversation.of(config, ClientOptions.offering(AEAD), Forms.PLAIN)
                .completes();
        assertThat(conversation.client().serverExtension(RECORD_SIZE_LIMIT)).isNull();
        String full = "x".repeat(1 << 14);
        conversation.client().sends(applicationData(full));
        conversation.server().answers();
        conversation.server().hasReceived(full);
    }

    /** RFC 8449 5-1. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 255})
    void besideARecordSizeLimitTheFragmentLengthIsIgnored(int code) {
        ClientOptions options =
                asking(AEAD, MAX_FRAGMENT_LENGTH, code).extension(RECORD_SIZE_LIMIT, new byte[] {0x40, 1});
        Conversation conversation = completes(options);
        conversation.server().sends(LONG);
        assertThat(conversation.client().serverExtension(MAX_FRAGMENT_LENGTH)).isNull();
        assertThat(conversation.client().serverExtension(RECORD_SIZE_LIMIT)).containsExactly(0x40, 0);
        assertThat(conversation.client().recordLengths(true)).contains(1 << 14);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shortRecordsWorkInEveryForm(Forms forms) {
        Conversation.of(server(), asking(AEAD, MAX_FRAGMENT_LENGTH, 1), forms).completes();
        Conversation.of(server(), asking(CBC, RECORD_SIZE_LIMIT, 0, 64), forms).completes();
    }

    /** RFC 8449 4-2, 4-6. */
    @Test
    void aLimitThatMayNotBeAdvertisedIsRefusedWhenConfigured() {
        for (int limit : new int[] {-1, 0, 63, 16385}) {
            assertThatThrownBy(() -> TlsServerConfig.builder().recordSizeLimit(limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("recordSizeLimit");
        }
    }
}
