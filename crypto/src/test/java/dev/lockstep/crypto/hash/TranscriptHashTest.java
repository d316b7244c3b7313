package dev.lockstep.crypto.hash;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TranscriptHashTest {
    private static final byte[] MESSAGES = bytes(1, 5000);

    private static byte[] expected(HashAlgorithm h, int length) {
        return h.digest(Arrays.copyOf(MESSAGES, length));
    }

    @ParameterizedTest
    @EnumSource
    void snapshotsAreHashesOfAllThatCameBefore(HashAlgorithm h) {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, 300);
        transcript.choose(h);
        assertThat(transcript.hash()).isEqualTo(h);
        assertThat(transcript.snapshot()).isEqualTo(expected(h, 300));
        int length = 300;
        for (int step = 0; length + step <= MESSAGES.length; step += 7) {
            transcript.update(MESSAGES, length, step);
            length += step;
            assertThat(transcript.snapshot()).isEqualTo(expected(h, length));
            assertThat(transcript.snapshot()).as("asked again").isEqualTo(expected(h, length));
        }
    }

    @Test
    void anythingMayComeBeforeTheChoice() {
        for (int first = 0; first < 200; first += 13) {
            TranscriptHash transcript = new TranscriptHash();
            transcript.update(MESSAGES, 0, first);
            transcript.update(MESSAGES, first, 1);
            transcript.update(MESSAGES, first + 1, 0);
            transcript.update(MESSAGES, first + 1, 1000);
            transcript.update(MESSAGES, first + 1001, 3);
            transcript.choose(HashAlgorithm.SHA384);
            assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA384, first + 1004));
        }
        TranscriptHash empty = new TranscriptHash();
        empty.choose(HashAlgorithm.SHA256);
        assertThat(empty.snapshot()).isEqualTo(HashAlgorithm.SHA256.digest());
    }

    @Test
    void theCallersArrayMayChangeAfterUpdate() {
        TranscriptHash transcript = new TranscriptHash();
        byte[] message = Arrays.copyOf(MESSAGES, 100);
        transcript.update(message, 0, 100);
        Arrays.fill(message, (byte) 0);
        transcript.choose(HashAlgorithm.SHA256);
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, 100));
    }

    @Test
    void theHashIsChosenOnceAndBeforeItIsAsked() {
        TranscriptHash transcript = new TranscriptHash();
        assertThatThrownBy(transcript::snapshot).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(transcript::hash).isInstanceOf(IllegalStateException.class);
        transcript.choose(HashAlgorithm.SHA256);
        assertThatThrownBy(() -> transcript.choose(HashAlgorithm.SHA384)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void clearingStartsAgain() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 2000, 100);
        transcript.clear();
        transcript.update(MESSAGES, 0, 50);
        transcript.choose(HashAlgorithm.SHA256);
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, 50));
        transcript.clear();
        assertThatThrownBy(transcript::hash).isInstanceOf(IllegalStateException.class);
        transcript.choose(HashAlgorithm.SHA384);
        transcript.update(MESSAGES, 0, 70);
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA384, 70));
    }

    @Test
    void messagesAreKeptOnDemandUntilTheyAreDropped() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, 300);
        transcript.choose(HashAlgorithm.SHA256, true);
        assertThat(transcript.messages()).isEqualTo(Arrays.copyOf(MESSAGES, 300));
        int length = 300;
        for (int step = 1; length + step <= MESSAGES.length; step += 97) {
            transcript.update(MESSAGES, length, step);
            length += step;
            assertThat(transcript.messages()).isEqualTo(Arrays.copyOf(MESSAGES, length));
            assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, length));
        }
        transcript.dropMessages();
        assertThatThrownBy(transcript::messages).isInstanceOf(IllegalStateException.class);
        transcript.update(MESSAGES, length, 1);
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, length + 1));
        transcript.dropMessages();
        assertThat(transcript.snapshot()).as("dropped twice").isEqualTo(expected(HashAlgorithm.SHA256, length + 1));
    }

    @Test
    void theCopyOfTheMessagesIsTheCallers() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, 10);
        transcript.choose(HashAlgorithm.SHA256, true);
        Arrays.fill(transcript.messages(), (byte) 0);
        assertThat(transcript.messages()).isEqualTo(Arrays.copyOf(MESSAGES, 10));
    }

    @Test
    void messagesAreNotKeptUnlessAskedFor() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, 10);
        assertThatThrownBy(transcript::messages).isInstanceOf(IllegalStateException.class);
        transcript.choose(HashAlgorithm.SHA256);
        transcript.update(MESSAGES, 10, 10);
        assertThatThrownBy(transcript::messages).isInstanceOf(IllegalStateException.class);
        transcript.dropMessages();
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, 20));
    }

    @Test
    void clearingForgetsTheKeptMessagesToo() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.choose(HashAlgorithm.SHA256, true);
        transcript.update(MESSAGES, 0, 10);
        transcript.clear();
        assertThatThrownBy(transcript::messages).isInstanceOf(IllegalStateException.class);
        transcript.update(MESSAGES, 0, 20);
        transcript.choose(HashAlgorithm.SHA256);
        assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA256, 20));
    }

    @Test
    void rangesOutsideTheArrayAreRefused() {
        TranscriptHash transcript = new TranscriptHash();
        assertThatThrownBy(() -> transcript.update(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> transcript.update(new byte[4], 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aCondensedTranscriptHasTheSameHashesAndNoMessages() {
        for (boolean keep : new boolean[] {true, false}) {
            TranscriptHash transcript = new TranscriptHash();
            transcript.update(MESSAGES, 0, 1000);
            transcript.condense(EnumSet.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA1));
            assertThat(transcript.heldBytes()).isZero();
            transcript.update(MESSAGES, 1000, 500);
            transcript.choose(HashAlgorithm.SHA384, keep);
            transcript.update(MESSAGES, 1500, 100);

            assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA384, 1600));
            assertThat(transcript.keepsMessages()).isFalse();
            assertThatThrownBy(transcript::messages).isInstanceOf(IllegalStateException.class);
            if (keep) {
                assertThat(transcript.snapshot(HashAlgorithm.SHA1)).isEqualTo(expected(HashAlgorithm.SHA1, 1600));
                assertThat(transcript.snapshot(HashAlgorithm.SHA384)).isEqualTo(expected(HashAlgorithm.SHA384, 1600));
                transcript.dropMessages();
            }
            assertThatThrownBy(() -> transcript.snapshot(HashAlgorithm.SHA1)).isInstanceOf(IllegalStateException.class);
            transcript.update(MESSAGES, 1600, 100);
            assertThat(transcript.snapshot()).isEqualTo(expected(HashAlgorithm.SHA384, 1700));
        }
    }

    @Test
    void onlyWhatACondensedTranscriptRunsUnderCanBeChosen() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.condense(EnumSet.of(HashAlgorithm.SHA256));
        assertThatThrownBy(() -> transcript.choose(HashAlgorithm.SHA384)).isInstanceOf(IllegalStateException.class);
        transcript.choose(HashAlgorithm.SHA256);
        assertThatThrownBy(() -> transcript.condense(EnumSet.of(HashAlgorithm.SHA256)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keptMessagesAreHashedOnRequest() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, 10);
        transcript.choose(HashAlgorithm.SHA256, true);
        assertThat(transcript.snapshot(HashAlgorithm.SHA512)).isEqualTo(expected(HashAlgorithm.SHA512, 10));
    }
}
