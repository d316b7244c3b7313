package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.internal.record.RecordLayer.WriteState;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Which states are current and which are pending (RFC 5246 6.1), and the limits of each (RFC 6066 4, RFC 8449 4). */
class RecordLayerTest {
    private static final RecordSuite GCM = RecordSuite.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false);
    private static final int FULL = RecordHeader.MAX_PLAINTEXT;
    private static final long RECORDS_PER_KEY = 4;
    private static final int MAX_SENT = 1000;

    private final RecordLayer layer = new RecordLayer(new RecordLimits(32, 4), RECORDS_PER_KEY, MAX_SENT);
    private final Protection opening = GCM.opening();
    private final Protection sealing = GCM.sealing();

    private void activateBoth() {
        layer.prepare(opening, sealing);
        layer.activateReadState();
        layer.activate(layer.takeWriteState());
    }

    private void assertSends(int longest) {
        ByteBuffer records = ByteBuffer.allocate(2 * FULL);
        layer.writer().write(ContentType.HANDSHAKE, ByteBuffer.allocate(FULL), records);
        int overhead = layer.writer().protection().overhead();
        assertThat(RecordHeader.length(RecordHeader.read(records.flip()))).isEqualTo(longest + overhead);
    }

    private void assertReceives(int longest) {
        int overhead = layer.reader().protection().overhead();
        assertThat(RecordHeader.length(layer.reader().header(header(longest + overhead))))
                .isEqualTo(longest + overhead);
        assertAlert(AlertDescription.RECORD_OVERFLOW, () -> layer.reader().header(header(longest + overhead + 1)));
    }

    private static ByteBuffer header(int length) {
        return ByteBuffer.wrap(new byte[] {22, 3, 3, (byte) (length >>> 8), (byte) length});
    }

    private static void seal(Protection sealing, int length) {
        sealing.seal(ContentType.HANDSHAKE, ByteBuffer.allocate(length), length, ByteBuffer.allocate(2 * FULL));
    }

    /** Has a key open a record that is none, which uses it up all the same. */
    private static void open(Protection opening, int length) {
        int fragment = length + opening.overhead();
        opening.open(22, 0x0303, ByteBuffer.allocate(fragment), fragment, ByteBuffer.allocate(FULL));
    }

    @Test
    void pendingStatesBecomeCurrentOneByOne() {
        layer.prepare(opening, sealing);
        assertThat(layer.reader().protection()).isSameAs(Protection.none());
        layer.activateReadState();
        assertThat(layer.reader().protection()).isSameAs(opening);
        WriteState state = layer.takeWriteState();
        assertThat(state).isEqualTo(new WriteState(sealing, MAX_SENT));
        assertThat(layer.writer().protection()).isSameAs(Protection.none());
        layer.activate(state);
        assertThat(layer.writer().protection()).isSameAs(sealing);
    }

    @Test
    void aStateThatIsNotPendingCannotBecomeCurrent() {
        assertThatIllegalStateException().isThrownBy(layer::activateReadState);
        assertThatIllegalStateException().isThrownBy(layer::takeWriteState);
        activateBoth();
        assertThatIllegalStateException().isThrownBy(layer::activateReadState);
        assertThatIllegalStateException().isThrownBy(layer::takeWriteState);
        layer.prepare(GCM.opening(), GCM.sealing());
        layer.destroyPending();
        assertThatIllegalStateException().isThrownBy(layer::activateReadState);
        assertThatIllegalStateException().isThrownBy(layer::takeWriteState);
    }

    @Test
    void pendingStatesAreDestroyedWhenOthersTakeTheirPlace() {
        layer.prepare(opening, sealing);
        layer.prepare(GCM.opening(), GCM.sealing());
        assertThatIllegalStateException().isThrownBy(() -> open(opening, 1));
        assertThatIllegalStateException().isThrownBy(() -> seal(sealing, 1));
    }

    @Test
    void currentStatesAreNotDestroyedWithThePendingOnes() {
        activateBoth();
        Protection nextOpening = GCM.opening();
        Protection nextSealing = GCM.sealing();
        layer.prepare(nextOpening, nextSealing);
        layer.destroyPending();
        layer.destroyPending();
        seal(sealing, 1);
        assertAlert(AlertDescription.BAD_RECORD_MAC, () -> open(opening, 1));
        assertThatIllegalStateException().isThrownBy(() -> open(nextOpening, 1));
        assertThatIllegalStateException().isThrownBy(() -> seal(nextSealing, 1));
    }

    @Test
    void keysServeForTheConfiguredNumberOfRecords() {
        layer.prepare(opening, sealing);
        for (int i = 0; i < RECORDS_PER_KEY; i++) {
            seal(sealing, FULL);
            assertAlert(AlertDescription.BAD_RECORD_MAC, () -> open(opening, FULL));
        }
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> seal(sealing, FULL));
        assertAlert(AlertDescription.INTERNAL_ERROR, () -> open(opening, FULL));
    }

    @Test
    void eitherKeyMayBeNearItsLimit() {
        assertThat(layer.isKeyNearLimit()).isFalse();
        activateBoth();
        assertThat(layer.isKeyNearLimit()).isFalse();
        seal(sealing, FULL);
        seal(sealing, FULL);
        seal(sealing, FULL);
        seal(sealing, 1);
        assertThat(layer.isKeyNearLimit()).isTrue();
        layer.prepare(GCM.opening(), GCM.sealing());
        layer.activate(layer.takeWriteState());
        assertThat(layer.isKeyNearLimit()).isFalse();
        for (int length : new int[] {FULL, FULL, FULL, 1}) {
            assertAlert(AlertDescription.BAD_RECORD_MAC, () -> open(opening, length));
        }
        assertThat(layer.isKeyNearLimit()).isTrue();
    }

    // ---- limits on the plaintext of a record

    @Test
    void withoutAnAgreementOnlyTheOwnLimitCounts() {
        assertSends(MAX_SENT);
        assertReceives(FULL);
        activateBoth();
        assertSends(MAX_SENT);
        assertReceives(FULL);
    }

    @Test
    void aFragmentLengthCountsNowAndUnderTheNextKeysAlone() {
        layer.limitFragments(512);
        assertSends(512);
        assertReceives(512);
        activateBoth();
        assertSends(512);
        assertReceives(512);
        layer.prepare(GCM.opening(), GCM.sealing());
        layer.activateReadState();
        layer.activate(layer.takeWriteState());
        assertSends(MAX_SENT);
        assertReceives(FULL);
    }

    @Test
    void aFragmentLengthIsNoWiderThanTheOwnLimit() {
        layer.limitFragments(2048);
        assertSends(MAX_SENT);
        assertReceives(2048);
        activateBoth();
        assertSends(MAX_SENT);
        assertReceives(2048);
    }

    /** What is on its way under the earlier keys may have been sent before the client had heard of the limit. */
    @Test
    void inALaterHandshakeTheFragmentLengthDoesNotCountForTheEarlierKeysOfTheClient() {
        activateBoth();
        layer.limitFragments(512);
        assertSends(512);
        assertReceives(FULL);
        layer.prepare(GCM.opening(), GCM.sealing());
        layer.activateReadState();
        assertReceives(512);
    }

    @Test
    void aRecordSizeLimitCountsUnderTheNextKeysAlone() {
        layer.limitProtectedRecords(64, 128);
        assertSends(MAX_SENT);
        assertReceives(FULL);
        activateBoth();
        assertSends(64);
        assertReceives(128);
        layer.limitProtectedRecords(FULL, 129);
        layer.prepare(GCM.opening(), GCM.sealing());
        layer.activateReadState();
        layer.activate(layer.takeWriteState());
        assertSends(MAX_SENT);
        assertReceives(129);
    }
}
