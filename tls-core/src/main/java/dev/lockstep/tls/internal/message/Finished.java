package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;
import java.util.Arrays;

/**
 * Proves that both sides saw the same handshake, RFC 5246 7.4.9.
 *
 * <pre>
 * struct {
 *     opaque verify_data[12];      // every suite here has verify_data_length 12
 * } Finished;
 * </pre>
 *
 * @param verifyData 12 bytes; compare in constant time
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record Finished(byte[] verifyData) implements HandshakeMessage {
    /** {@code verify_data_length}, in bytes. */
    public static final int VERIFY_DATA_LENGTH = 12;

    /** Reads the body. */
    public static Finished parse(WireReader body) {
        byte[] verifyData = body.bytes(VERIFY_DATA_LENGTH, "verify_data");
        body.requireEnd("Finished");
        return new Finished(verifyData);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.FINISHED;
    }

    @Override
    public int expectedLength() {
        return 4 + verifyData.length;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.bytes(verifyData);
    }

    /** Compares by content but not in constant time: for tests, never for judging a peer's message. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Finished that && Arrays.equals(verifyData, that.verifyData);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(verifyData);
    }
}
