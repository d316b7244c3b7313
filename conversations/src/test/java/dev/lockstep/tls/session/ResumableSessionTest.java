package dev.lockstep.tls.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.CipherSuite;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumableSessionTest {

    private static ResumableSession full() {
        return ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, Sessions.secret(0x5a), 0x1_2345_6789L)
                .extendedMasterSecret(true)
                .encryptThenMac(true)
                .maxFragmentLength(3)
                .serverName("host.example")
                .pskIdentity(new byte[] {1, 2, 3})
                .clientChain(TestIdentity.P256.chain())
                .context(new byte[] {9, 8, 7})
                .build();
    }

    @Test
    void everyFactSurvivesTheEncoding() {
        ResumableSession session = full();
        ResumableSession read =
                ResumableSession.decode(session.encode().orElseThrow()).orElseThrow();
        assertThat(read).usingRecursiveComparison().isEqualTo(session);
        assertThat(read.clientChain()).isEqualTo(TestIdentity.P256.chain());
        assertThat(read.masterSecret()).isEqualTo(Sessions.secret(0x5a));
        assertThat(read.createdAtSeconds()).isEqualTo(0x1_2345_6789L);
        assertThat(read.protocolVersion()).isEqualTo(0x0303);
    }

    @Test
    void theBareSessionSurvivesTheEncoding() {
        ResumableSession session = Sessions.of(1, 0);
        ResumableSession read =
                ResumableSession.decode(session.encode().orElseThrow()).orElseThrow();
        assertThat(read).usingRecursiveComparison().isEqualTo(session);
        assertThat(read.serverName()).isNull();
        assertThat(read.pskIdentity()).isNull();
        assertThat(read.clientChain()).isEmpty();
    }

    /** Written down, so that a change of the layout without a new format number is noticed. */
    @Test
    void theLayoutOfFormatOneIsFixed() {
        ResumableSession session = ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Sessions.secret(0xab), 0x0102030405L)
                .extendedMasterSecret(true)
                .serverName("a.b")
                .context(new byte[] {0x77})
                .build();
        assertThat(HexFormat.of().formatHex(session.encode().orElseThrow()))
                .isEqualTo("01" + "0303" + "c02f" + "01" + "00" + "0000000102030405" + "0177" + "03612e62" + "0000"
                        + "000000" + "ab".repeat(48));
    }

    @Test
    void everyStrictPrefixAndEveryTrailingByteIsRefused() {
        byte[] encoded = full().encode().orElseThrow();
        for (int length = 0; length < encoded.length; length++) {
            assertThat(ResumableSession.decode(Arrays.copyOf(encoded, length)))
                    .as("%d bytes", length)
                    .isEmpty();
        }
        assertThat(ResumableSession.decode(Arrays.copyOf(encoded, encoded.length + 1)))
                .isEmpty();
    }

    @Test
    void noChangedByteMakesTheReaderThrow() {
        byte[] encoded = full().encode().orElseThrow();
        for (int i = 0; i < encoded.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = encoded.clone();
                changed[i] ^= (byte) (1 << bit);
                Optional<ResumableSession> read = ResumableSession.decode(changed);
                // format, version, flags: there is no other meaning than the one
                if (i < 3) {
                    assertThat(read).as("byte %d, bit %d", i, bit).isEmpty();
                }
            }
        }
    }

    @Test
    void aHostNameThatIsNotAsciiIsRefused() {
        byte[] encoded = full().encode().orElseThrow();
        String text = new String(encoded, StandardCharsets.ISO_8859_1);
        encoded[text.indexOf("host.example")] = (byte) 0xe9;
        assertThat(ResumableSession.decode(encoded)).isEmpty();
    }

    /** The JDK reads certificates in PEM, and with something behind them: each would be another encoding of one session. */
    @Test
    void aCertificateHasOneEncoding() throws Exception {
        byte[] der = TestIdentity.P256.certificate().getEncoded();
        byte[] pem = ("-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(ResumableSession.decode(withChainOf(der))).isPresent();
        assertThat(ResumableSession.decode(withChainOf(pem))).isEmpty();
        assertThat(ResumableSession.decode(withChainOf(Arrays.copyOf(der, der.length + 1))))
                .isEmpty();
    }

    private static byte[] withChainOf(byte[] certificate) {
        byte[] bare = Sessions.of(1, 0).encode().orElseThrow();
        int chain = bare.length - ResumableSession.MASTER_SECRET_LENGTH - 3;
        ByteBuffer encoded = ByteBuffer.allocate(bare.length + 3 + certificate.length);
        encoded.put(bare, 0, chain);
        for (int length : new int[] {3 + certificate.length, certificate.length}) {
            encoded.put((byte) (length >> 16)).putShort((short) length);
        }
        return encoded.put(certificate)
                .put(bare, chain + 3, ResumableSession.MASTER_SECRET_LENGTH)
                .array();
    }

    @Test
    void aSessionOfAnotherFormatIsUnknown() {
        byte[] encoded = full().encode().orElseThrow();
        encoded[0] = 2;
        assertThat(ResumableSession.decode(encoded)).isEmpty();
    }

    @Test
    void aChainThatIsTooLongIsNotEncoded() {
        ResumableSession session = ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Sessions.secret(1), 1)
                .clientChain(Collections.nCopies(64, TestIdentity.RSA_2048.certificate()))
                .build();
        assertThat(session.encode()).isEmpty();
    }

    @Test
    void whatIsTooLongToBeASessionIsNotRead() {
        assertThat(ResumableSession.decode(new byte[ResumableSession.MAX_ENCODED_LENGTH + 1]))
                .isEmpty();
    }

    @Test
    void aCopyOutlivesTheOriginal() {
        ResumableSession session = full();
        ResumableSession copy = session.copy();
        session.destroy();
        assertThat(copy.masterSecret()).isEqualTo(Sessions.secret(0x5a));
        assertThatIllegalStateException().isThrownBy(session::masterSecret);
        assertThatIllegalStateException().isThrownBy(session::copy);
        assertThatIllegalStateException().isThrownBy(session::encode);
    }

    @Test
    void theSecretIsNotShownAndNotShared() {
        ResumableSession session = full();
        assertThat(session.toString()).doesNotContainIgnoringCase("5a5a").doesNotContain("90, 90");
        session.masterSecret()[0] = 0;
        session.context()[0] = 0;
        assertThat(session.masterSecret()).isEqualTo(Sessions.secret(0x5a));
        assertThat(session.context()).containsExactly(9, 8, 7);
    }

    @Test
    void factsOutOfRangeAreRefused() {
        CipherSuite suite = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        assertThatIllegalArgumentException().isThrownBy(() -> ResumableSession.builder(suite, new byte[47], 1));
        assertThatIllegalArgumentException().isThrownBy(() -> ResumableSession.builder(suite, new byte[48], -1));
        ResumableSessionBuilder builder = ResumableSession.builder(suite, new byte[48], 1);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxFragmentLength(5));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.context(new byte[33]));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.serverName(""));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.serverName("a".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.serverName("h\u00f6st.example"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.pskIdentity(new byte[0x10000]));
    }

    /** The first build clears the builder's secret: a second session would have a master secret of zeros. */
    @Test
    void aBuilderBuildsOneSession() {
        CipherSuite suite = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        ResumableSessionBuilder builder = ResumableSession.builder(suite, Sessions.secret(7), 1);
        ResumableSession session = builder.build();
        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThat(session.masterSecret()).isEqualTo(Sessions.secret(7));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 33, 255})
    void anIdHasOneToThirtyTwoBytes(int length) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId(new byte[length]));
    }

    @Test
    void idsAreEqualByContent() {
        assertThat(Sessions.id(7)).isEqualTo(Sessions.id(7)).hasSameHashCodeAs(Sessions.id(7));
        assertThat(Sessions.id(7)).isNotEqualTo(Sessions.id(8));
        assertThat(new SessionId(new byte[] {0x0a, (byte) 0xff}).toHex()).isEqualTo("0aff");
    }
}
