package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.cbc.CbcCipher;
import dev.lockstep.crypto.cbc.CbcHmac;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A key serves for a limited number of records, and a nonce for one. */
class KeyUsageLimitTest {
    private static final byte[] KEY = RecordSuite.pattern(16, 8);
    private static final byte[] FIXED_IV = RecordSuite.pattern(4, 9);

    private static AeadProtection sealing(long firstSequenceNumber, long fullRecords) {
        Aead aead = Aead.sealing(AeadAlgorithm.AES_128_GCM, KEY, 0);
        return new AeadProtection(aead, BulkCipher.AES_128_GCM, FIXED_IV, firstSequenceNumber, fullRecords);
    }

    private static AeadProtection opening(long firstSequenceNumber, long fullRecords) {
        Aead aead = Aead.opening(AeadAlgorithm.AES_128_GCM, KEY, 0);
        return new AeadProtection(aead, BulkCipher.AES_128_GCM, FIXED_IV, firstSequenceNumber, fullRecords);
    }

    @Test
    void sequenceNumbersDoNotWrap() {
        AeadProtection sealing = sealing(-3, 100);
        AeadProtection opening = opening(-3, 100);
        for (int i = 0; i < 2; i++) {
            byte[] fragment = seal(sealing, ContentType.ALERT, 2);
            assertThat(opening.open(21, 0x0303, ByteBuffer.wrap(fragment), fragment.length, room()))
                    .isEqualTo(2);
        }
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, ContentType.ALERT, 2));
        assertAlert(
                AlertDescription.INTERNAL_ERROR, () -> opening.open(21, 0x0303, ByteBuffer.allocate(26), 26, room()));
        assertThat(sealing.sequenceNumber()).isEqualTo(-1);
    }

    @Test
    void cbcSequenceNumbersDoNotWrap() {
        byte[] macKey = RecordSuite.pattern(20, 1);
        CbcHmac cbc =
                CbcHmac.sealing(CbcHmac.Order.MAC_THEN_ENCRYPT, CbcCipher.AES_128, HashAlgorithm.SHA1, KEY, macKey);
        CbcProtection sealing = new CbcProtection(cbc, 20, new RecordSuite.CountingRandom(), -2);
        assertThat(sealing.isNearLimit()).isTrue();
        seal(sealing, ContentType.ALERT, 2);
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, ContentType.ALERT, 2));
    }

    @Test
    void aGcmKeyIsRefusedAfterItsShareOfFullRecords() {
        AeadProtection sealing = sealing(0, 3);
        AeadProtection opening = opening(0, 3);
        for (int i = 0; i < 3; i++) {
            byte[] fragment = seal(sealing, ContentType.APPLICATION_DATA, 16384);
            opening.open(23, 0x0303, ByteBuffer.wrap(fragment), fragment.length, room());
        }
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, ContentType.APPLICATION_DATA, 1));
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, ContentType.HANDSHAKE, 0));
        assertAlert(
                AlertDescription.INTERNAL_ERROR, () -> opening.open(23, 0x0303, ByteBuffer.allocate(25), 25, room()));
        // the alert that says so still goes out
        assertThat(seal(sealing, ContentType.ALERT, 2)).hasSize(8 + 2 + 16);
    }

    @Test
    void smallRecordsUseUpLessOfAKey() {
        AeadProtection sealing = sealing(0, 1);
        // a full record counts as 1026 blocks, one of 16 bytes as 3
        for (int i = 0; i < 342; i++) {
            seal(sealing, ContentType.APPLICATION_DATA, 16);
        }
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, ContentType.APPLICATION_DATA, 16));
    }

    @Test
    void theLimitAnnouncesItself() {
        assertThat(sealing(0, AeadProtection.GCM_FULL_RECORDS).isNearLimit()).isFalse();
        AeadProtection near = sealing(0, AeadProtection.NEAR_LIMIT_FULL_RECORDS);
        assertThat(near.isNearLimit()).isFalse();
        seal(near, ContentType.APPLICATION_DATA, 1);
        assertThat(near.isNearLimit()).isTrue();
        assertThat(sealing(0xffff_fffe_ffff_ffffL, 1 << 20).isNearLimit()).isFalse();
        assertThat(sealing(0xffff_ffff_0000_0000L, 1 << 20).isNearLimit()).isTrue();
    }

    @Test
    void ofTwoLimitsTheNarrowerOneCounts() {
        AeadProtection sealing = sealing(0, 100);
        sealing.limitKeyUse(4);
        assertThat(fullRecords(sealing)).isEqualTo(4);
        for (long wide : new long[] {100, Long.MAX_VALUE}) {
            AeadProtection narrow = sealing(0, 3);
            narrow.limitKeyUse(wide);
            assertThat(fullRecords(narrow)).isEqualTo(3);
        }
    }

    /** Seals until the key is used up, and counts. */
    private static int fullRecords(AeadProtection sealing) {
        for (int records = 0; records < 1000; records++) {
            try {
                seal(sealing, ContentType.APPLICATION_DATA, 16384);
            } catch (FatalAlert usedUp) {
                assertThat(usedUp.description()).isEqualTo(AlertDescription.INTERNAL_ERROR);
                return records;
            }
        }
        throw new AssertionError("there is no limit");
    }

    @Test
    void aNarrowLimitAnnouncesItselfWhenAQuarterIsLeft() {
        AeadProtection sealing = sealing(0, AeadProtection.GCM_FULL_RECORDS);
        sealing.limitKeyUse(8);
        for (int i = 0; i < 6; i++) {
            seal(sealing, ContentType.APPLICATION_DATA, 16384);
        }
        assertThat(sealing.isNearLimit()).isFalse();
        seal(sealing, ContentType.APPLICATION_DATA, 1);
        assertThat(sealing.isNearLimit()).isTrue();
    }

    static Stream<RecordSuite> withoutALimitOfTheirOwn() {
        return RecordSuite.all()
                .filter(suite -> !suite.suite().isAead() || suite.cipher() == BulkCipher.CHACHA20_POLY1305);
    }

    @ParameterizedTest
    @MethodSource("withoutALimitOfTheirOwn")
    void aLimitDoesNotCountWhereTheCipherHasNone(RecordSuite suite) {
        Protection sealing = suite.sealing();
        sealing.limitKeyUse(4);
        for (int i = 0; i < 5; i++) {
            seal(sealing, ContentType.APPLICATION_DATA, 16384);
        }
        assertThat(sealing.isNearLimit()).isFalse();
    }

    @Test
    void aFixedIvOfAnotherLengthIsRefused() {
        Aead aead = Aead.sealing(AeadAlgorithm.AES_128_GCM, KEY, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AeadProtection(aead, BulkCipher.AES_128_GCM, new byte[12], 0, 1))
                .withMessageContaining("12 bytes");
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aFreshKeyIsFarFromItsLimit(RecordSuite suite) {
        assertThat(suite.sealing().isNearLimit()).isFalse();
        assertThat(suite.opening().isNearLimit()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#aead")
    void explicitNoncesAreTheSequenceNumbers(RecordSuite suite) {
        // RFC 5246 6.1-2, 6.1-3, RFC 5288 3-1, 3-2, RFC 6655 3-1, 3-2
        Protection sealing = suite.sealing();
        int explicitLength = suite.cipher().recordIvLength();
        Set<ByteBuffer> seen = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            byte[] fragment = seal(sealing, ContentType.APPLICATION_DATA, i % 20);
            if (explicitLength > 0) {
                assertThat(ByteBuffer.wrap(fragment).getLong()).isEqualTo(i);
            }
            seen.add(ByteBuffer.wrap(fragment));
        }
        assertThat(seen).hasSize(300);
    }

    @Test
    void aRefusedSealNeverUsesANonceTwice() {
        // RFC 5288 3-2
        AeadProtection sealing = sealing(7, 100);
        sealing.destroy();
        for (int i = 1; i < 4; i++) {
            try {
                seal(sealing, ContentType.ALERT, 2);
                throw new AssertionError("sealed with a destroyed key");
            } catch (IllegalStateException expected) {
                assertThat(sealing.sequenceNumber()).isEqualTo(7 + i);
            }
        }
    }

    private static byte[] seal(Protection sealing, ContentType type, int length) {
        ByteBuffer record = ByteBuffer.allocate(5 + sealing.sealedLength(length));
        sealing.seal(type, ByteBuffer.allocate(length), length, record);
        byte[] fragment = new byte[record.position() - 5];
        record.get(5, fragment);
        return fragment;
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocate(RecordHeader.MAX_PLAINTEXT);
    }
}
