package dev.lockstep.tls.credential;

import dev.lockstep.tls.setting.ConfigException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The form of signed certificate timestamps, checked where they are configured: RFC 6962 section 3.2. */
final class SerializedTimestamps {

    private static final int V1 = 0;
    private static final int LOG_ID_LENGTH = 32;
    private static final int TIMESTAMP_LENGTH = 8;
    private static final int MAX_LIST_LENGTH = (1 << 14) - 1;

    private SerializedTimestamps() {}

    /**
     * Copies the list.
     *
     * @throws ConfigException when one of them is no SCT, or all of them are too much for a ServerHello
     */
    static List<byte[]> copyOf(List<byte[]> scts) {
        List<byte[]> copies = new ArrayList<>();
        int total = 0;
        for (byte[] sct : scts) {
            requireForm(ByteBuffer.wrap(sct), copies.size());
            total += 2 + sct.length;
            copies.add(sct.clone());
        }
        if (copies.isEmpty() || total > MAX_LIST_LENGTH) {
            throw new ConfigException(
                    "signedCertificateTimestamps",
                    copies.size() + " of " + total + " bytes together",
                    "give at least one and at most " + MAX_LIST_LENGTH + " bytes");
        }
        return List.copyOf(copies);
    }

    /**
     * <pre>
     * struct {
     *     Version sct_version;                 // uint8, v1(0)
     *     LogID id;                            // 32 bytes
     *     uint64 timestamp;
     *     CtExtensions extensions&lt;0..2^16-1&gt;;
     *     digitally-signed struct { ... };     // uint16 algorithm, opaque signature&lt;0..2^16-1&gt;
     * } SignedCertificateTimestamp;
     * </pre>
     */
    private static void requireForm(ByteBuffer sct, int index) {
        boolean good = sct.hasRemaining()
                && sct.get() == V1
                && skip(sct, LOG_ID_LENGTH + TIMESTAMP_LENGTH)
                && skipVector(sct)
                && skip(sct, 2)
                && skipVector(sct)
                && !sct.hasRemaining();
        if (!good) {
            throw new ConfigException(
                    "signedCertificateTimestamps",
                    "number " + (index + 1) + " is not one SignedCertificateTimestamp of version 1",
                    "give each in its binary form, without the length of a list");
        }
    }

    private static boolean skipVector(ByteBuffer in) {
        return in.remaining() >= 2 && skip(in, in.getShort() & 0xffff);
    }

    private static boolean skip(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            return false;
        }
        in.position(in.position() + length);
        return true;
    }
}
