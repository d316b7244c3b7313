package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.testkit.util.FakeClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the side of the key may answer to a premaster secret that it was given to decrypt. From outside, a connection
 * must look the same whichever it was (RFC 5246 section 7.4.7.1).
 */
public enum DecryptionAnswer {
    /** The padding removed by the key. */
    UNPADDED,
    /** The result of the RSA operation as it is. */
    RAW_BLOCK,
    EXCEPTION,
    FAILED,
    NULL,
    LENGTH_0,
    LENGTH_47,
    LENGTH_49,
    LENGTH_255,
    LENGTH_257,
    /** No answer before the limit of the operation is over. */
    DEADLINE,
    START_FAILED,
    START_THROWS,
    REJECTED_EXECUTION,
    /** The key leaves it to the local key, and there is none. */
    FALL_THROUGH,
    /** No external key at all: the credential's key is in the process. */
    LOCAL_KEY;

    private static final EnumSet<DecryptionAnswer> OF_START =
            EnumSet.of(START_FAILED, START_THROWS, REJECTED_EXECUTION, FALL_THROUGH, LOCAL_KEY);

    /** Whether this answer can come in this form: a deadline needs a wait, a failing start has none. */
    public boolean canCome(KeyForm form) {
        return form.suspends() ? !OF_START.contains(this) : this != DEADLINE;
    }

    /** How a key hands its result over that answers like this. */
    public RecordingKey.DecryptForm form() {
        return this == UNPADDED ? RecordingKey.DecryptForm.UNPADDED : RecordingKey.DecryptForm.RAW_BLOCK;
    }

    /**
     * The script of a key that answers like this.
     *
     * @param form when it answers
     * @param clock the connection's, moved on by {@link #DEADLINE}
     * @param limit the connection's limit for an operation
     */
    public KeyScript script(KeyForm form, FakeClock clock, Duration limit) {
        IllegalStateException fault = new IllegalStateException("CKR_GENERAL_ERROR");
        byte[] secret = PremasterBlock.secret(0x0304);
        return switch (this) {
            case UNPADDED, RAW_BLOCK, LOCAL_KEY -> form.script();
            case EXCEPTION -> form.script().thenThrows(fault);
            case FAILED -> form.script().thenFails(fault);
            case NULL -> form.script().thenReturnsNull();
            case LENGTH_0 -> form.script().changed(value -> new byte[0]);
            case LENGTH_47 -> form.script().changed(value -> Arrays.copyOf(secret, 47));
            case LENGTH_49 -> form.script().changed(value -> Arrays.copyOf(secret, 49));
            case LENGTH_255 -> form.script().changed(value -> Arrays.copyOf(value, 255));
            case LENGTH_257 -> form.script().changed(value -> Arrays.copyOf(value, 257));
            case START_FAILED -> KeyScript.startFails(fault);
            case START_THROWS -> KeyScript.startThrows(fault);
            case REJECTED_EXECUTION -> KeyScript.startThrows(new RejectedExecutionException("queue full"));
            case FALL_THROUGH -> KeyScript.fallThrough();
            case DEADLINE -> {
                // as many polls as the other answers take, and then the time is over
                AtomicInteger polls = new AtomicInteger(form == KeyForm.AFTER_ONE_RESUME ? 1 : 2);
                yield KeyScript.never().afterEmptyPoll(() -> {
                    if (polls.decrementAndGet() == 0) {
                        clock.advance(limit);
                    }
                });
            }
        };
    }
}
