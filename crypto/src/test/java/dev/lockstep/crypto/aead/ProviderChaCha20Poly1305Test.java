package dev.lockstep.crypto.aead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.crypto.TestProviders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderChaCha20Poly1305Test {
    private final byte[] key = new byte[32];
    private final byte[] nonce = new byte[12];
    private final byte[] aad = new byte[13];

    private static byte[] plaintext(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'Z');
        return bytes;
    }

    /** All of a buffer, in which the plaintext would be a row of Z. */
    private static String held(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Aead cipher(TestProviders provider, boolean sealing) {
        return new ProviderChaCha20Poly1305(provider.provider(), sealing, key, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "OTHER"})
    void noPlaintextStaysInTheBuffersOfTheThread(TestProviders provider) {
        ProviderChaCha20Poly1305.Buffers buffers = ProviderChaCha20Poly1305.Buffers.ofThread(1);
        byte[] sealed = new byte[1016];
        cipher(provider, true).seal(nonce, aad, aad.length, plaintext(1000), 0, 1000, sealed, 0);
        assertThat(held(buffers.in())).doesNotContain("ZZZZ");

        byte[] opened = new byte[1000];
        Aead opening = cipher(provider, false);
        assertThat(opening.open(nonce, aad, aad.length, sealed, 0, 1016, opened, 0))
                .isEqualTo(1000);
        assertThat(opened).containsOnly('Z');
        assertThat(held(buffers.out())).doesNotContain("ZZZZ");

        sealed[1015]++;
        assertThat(opening.open(nonce, aad, aad.length, sealed, 0, 1016, opened, 0))
                .isEqualTo(-1);
        assertThat(held(buffers.out())).doesNotContain("ZZZZ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16 << 10, (17 << 10) - 16, (17 << 10) - 15, 1 << 20})
    void lengthsThatTheBuffersDoNotHoldAreSealedAndOpenedToo(int length) {
        byte[] sealed = new byte[length + 16];
        cipher(TestProviders.CONSCRYPT, true).seal(nonce, aad, aad.length, plaintext(length), 0, length, sealed, 0);
        byte[] opened = new byte[length];
        assertThat(cipher(TestProviders.CONSCRYPT, false)
                        .open(nonce, aad, aad.length, sealed, 0, length + 16, opened, 0))
                .isEqualTo(length);
        assertThat(opened).isEqualTo(plaintext(length));
    }

    /** The JDK's cipher, as long as there is one. */
    private static final class Vanishing extends Provider {
        private static final long serialVersionUID = 1L;
        private boolean gone;

        Vanishing() {
            super("Vanishing", "1", "for tests");
            Provider behind = Security.getProvider("SunJCE");
            putService(new Service(this, "Cipher", "ChaCha20-Poly1305", "none", null, null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    if (gone) {
                        throw new NoSuchAlgorithmException("no more ciphers");
                    }
                    return behind.getService("Cipher", "ChaCha20-Poly1305").newInstance(parameter);
                }
            });
        }
    }

    /** A connection that ends destroys its keys one after the other: none of them may depend on a provider. */
    @Test
    void aKeyIsDestroyedWithoutTheProvider() {
        Vanishing provider = new Vanishing();
        Aead sealing = new ProviderChaCha20Poly1305(provider, true, key, 0);
        byte[] sealed = new byte[1016];
        sealing.seal(nonce, aad, aad.length, plaintext(1000), 0, 1000, sealed, 0);
        provider.gone = true;
        sealing.destroy();
        nonce[0] = 1;
        assertThatIllegalStateException()
                .isThrownBy(() -> sealing.seal(nonce, aad, aad.length, plaintext(1000), 0, 1000, sealed, 0));
    }
}
