package dev.lockstep.tls.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import dev.lockstep.testkit.util.SeededRandom;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketKeyTest {

    private static final byte[] STATE = "the state of a session".getBytes(StandardCharsets.US_ASCII);

    static byte[] file(int seed) {
        byte[] content = new byte[80];
        new SeededRandom(seed).nextBytes(content);
        return content;
    }

    @Test
    void aTicketOpensAgain() {
        TicketKey key = TicketKey.of(file(1));
        byte[] ticket = key.seal(STATE, new SeededRandom(2));
        assertThat(key.named(ticket)).isTrue();
        assertThat(key.open(ticket)).isEqualTo(STATE);
        assertThat(ticket).hasSize(16 + 12 + STATE.length + 16);
        assertThat(Arrays.copyOf(ticket, 16)).isEqualTo(Arrays.copyOf(file(1), 16));
    }

    /** The layout and the derivation, done again with nothing but the JDK: what another program would have to do. */
    @Test
    void theTicketIsWhatTheDescriptionSays() throws Exception {
        // RFC 5077 5.2-1, RFC 9325 3.4-1, 3.4-2
        byte[] file = file(1);
        byte[] name = Arrays.copyOf(file, 16);
        byte[] ticket = TicketKey.of(file).seal(STATE, new SeededRandom(2));

        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Arrays.copyOfRange(file, 16, 80), "HMAC"));
        mac.update("lockstep ticket key, AES-256-GCM, 1:".getBytes(StandardCharsets.US_ASCII));
        byte[] key = mac.doFinal(name);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, ticket, 16, 12));
        cipher.updateAAD("lockstep ticket 1:".getBytes(StandardCharsets.US_ASCII));
        cipher.updateAAD(name);
        assertThat(cipher.doFinal(ticket, 28, ticket.length - 28)).isEqualTo(STATE);
    }

    /** nginx and Envoy use the bytes of the file themselves, so nothing here may. */
    @Test
    void neitherKeyOfTheFileIsUsedAsItStands() throws Exception {
        byte[] file = file(1);
        byte[] ticket = TicketKey.of(file).seal(STATE, new SeededRandom(2));
        for (int at : new int[] {16, 48}) {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            byte[] counter = Arrays.copyOf(Arrays.copyOfRange(ticket, 16, 28), 16);
            counter[15] = 2; // GCM's first block of data
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(file, at, 32, "AES"), new IvParameterSpec(counter));
            assertThat(cipher.doFinal(ticket, 28, STATE.length)).isNotEqualTo(STATE);
        }
    }

    @Test
    void everyTicketHasANonceOfItsOwn() {
        TicketKey key = TicketKey.of(file(1));
        SeededRandom random = new SeededRandom(2);
        byte[] first = key.seal(STATE, random);
        byte[] second = key.seal(STATE, random);
        assertThat(Arrays.copyOfRange(first, 16, 28)).isNotEqualTo(Arrays.copyOfRange(second, 16, 28));
    }

    @Test
    void aTicketChangedInAnyBitDoesNotOpen() {
        // RFC 5077 5.7-2
        TicketKey key = TicketKey.of(file(1));
        byte[] ticket = key.seal(STATE, new SeededRandom(2));
        for (int i = 16; i < ticket.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = ticket.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThat(key.open(changed)).as("byte %d, bit %d", i, bit).isNull();
            }
        }
        for (int length = 0; length < ticket.length; length++) {
            assertThat(key.open(Arrays.copyOf(ticket, length)))
                    .as("%d bytes", length)
                    .isNull();
        }
    }

    /** The copy that a thread works with is wiped after use; what does not work makes none, and so allocates nothing. */
    @Test
    void noCopyOfTheKeyIsLeftByWhatItRefuses() {
        TicketKey key = TicketKey.of(file(1));
        byte[] tooShort = Arrays.copyOf(key.seal(STATE, new SeededRandom(2)), 16 + 12 + 15);
        assertThat(allocatedBy(() -> key.open(tooShort))).as("a short ticket").isZero();
        TicketKey exhausted = TicketKey.of(file(1), TicketKey.MAX_SEALED);
        SeededRandom random = new SeededRandom(2);
        assertThat(allocatedBy(() -> exhausted.seal(STATE, random)))
                .as("a ticket too many")
                .isZero();
    }

    /** Returns how many bytes this thread allocates in {@code call}, which has run before, so that classes are loaded. */
    private static long allocatedBy(Supplier<byte[]> call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 20; run++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            byte[] result = call.get();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(result).isNull();
        }
        return least;
    }

    @Test
    void keysOfOneNameButAnotherSecretDoNotOpenEachOthersTickets() {
        byte[] other = file(1);
        other[79] ^= 1;
        byte[] ticket = TicketKey.of(file(1)).seal(STATE, new SeededRandom(2));
        TicketKey namesake = TicketKey.of(other);
        assertThat(namesake.named(ticket)).isTrue();
        assertThat(namesake.open(ticket)).isNull();
    }

    @Test
    void aDestroyedKeyDoesNothing() {
        TicketKey key = TicketKey.of(file(1));
        byte[] ticket = key.seal(STATE, new SeededRandom(2));
        key.destroy();
        assertThat(key.open(ticket)).isNull();
        assertThat(key.seal(STATE, new SeededRandom(3))).isNull();
    }

    @Test
    void aKeySealsNoMoreTicketsThanItsModeAllows() {
        TicketKey key = TicketKey.of(file(1), TicketKey.MAX_SEALED - 1);
        assertThat(key.isExhausted()).isFalse();
        byte[] last = key.seal(STATE, new SeededRandom(2));
        assertThat(last).isNotNull();
        assertThat(key.isExhausted()).isTrue();
        assertThat(key.seal(STATE, new SeededRandom(2))).isNull();
        assertThat(key.open(last)).isEqualTo(STATE);
    }

    @Test
    void aFileOfFortyEightBytesIsRefusedWithTheReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKey.of(new byte[48]))
                .withMessageContaining("48 bytes is for AES-128")
                .withMessageContaining("openssl rand 80");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 79, 81, 160})
    void aFileOfAnotherLengthIsRefused(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKey.of(new byte[length]))
                .withMessageContaining(length + " bytes")
                .withMessageContaining("openssl rand 80");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x20, 0xff})
    void oneByteRepeatedIsNoKey(int value) {
        byte[] file = new byte[TicketKey.FILE_LENGTH];
        Arrays.fill(file, (byte) value);
        file[0] = 7; // the name is no secret
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKey.of(file))
                .withMessageContaining("ticketKey")
                .withMessageContaining("one byte repeated")
                .withMessageContaining("openssl rand 80");
    }

    @Test
    void theNameIsShownAndTheSecretIsNot() {
        byte[] file = new byte[80];
        Arrays.fill(file, 0, 16, (byte) 0x11);
        Arrays.fill(file, 16, 80, (byte) 0x5a);
        file[79] = 0x5b;
        assertThat(TicketKey.of(file).toString()).isEqualTo("TicketKey[" + "11".repeat(16) + "]");
    }
}
