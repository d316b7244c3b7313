package dev.lockstep.server.keyserver.policy;

/**
 * Whether bytes look like one structure of ASN.1, which is what certificates, CRLs, OCSP responses and CMS sign. Read as
 * leniently as the most lenient reader might, since what counts is what somewhere passes for such a structure.
 *
 * <p>A structure is a constructed element that takes up all of the bytes and whose contents are elements to their end. The
 * contents count because the randoms of honest handshakes come to a header of the right length now and then: one
 * ServerKeyExchange for x25519 in some 30,000 begins like a SEQUENCE of its length, one in two million is filled like one.
 */
final class DerShape {

    private static final int CONSTRUCTED = 0x20;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int LONG_TAG = 0x1F;
    private static final int INDEFINITE = 0x80;

    private final byte[] bytes;
    private int contents;
    private int end;

    private DerShape(byte[] bytes) {
        this.bytes = bytes;
    }

    static boolean isOneElement(byte[] bytes) {
        DerShape shape = new DerShape(bytes);
        if (bytes.length == 0 || !isStructure(bytes[0] & 0xFF) || !shape.element(0) || shape.end != bytes.length) {
            return false;
        }
        for (int at = shape.contents; at < bytes.length; at = shape.end) {
            if (!shape.element(at)) {
                return false;
            }
        }
        return true;
    }

    /** What is signed as a structure is a SEQUENCE, a SET, or has a long tag (ISO 7816 certificates). */
    private static boolean isStructure(int tag) {
        return tag == SEQUENCE || tag == SET || ((tag & CONSTRUCTED) != 0 && (tag & LONG_TAG) == LONG_TAG);
    }

    /** Whether an element begins at {@code at} and ends within the bytes; notes where its contents begin and end. */
    private boolean element(int at) {
        int next = at + 1;
        if ((bytes[at] & LONG_TAG) == LONG_TAG) {
            while (next < bytes.length && bytes[next] < 0) {
                next++;
            }
            next++;
        }
        if (next >= bytes.length) {
            return false;
        }
        int first = bytes[next++] & 0xFF;
        long length = first;
        if (first == INDEFINITE) {
            length = (long) bytes.length - next; // BER: to a marker that this does not look for
        } else if (first > INDEFINITE) {
            length = 0;
            for (int count = first - INDEFINITE; count > 0; count--) {
                if (next >= bytes.length || length > bytes.length) {
                    return false;
                }
                length = length << 8 | (bytes[next++] & 0xFF);
            }
        }
        contents = next;
        end = (int) Math.min(Integer.MAX_VALUE, contents + length);
        return end <= bytes.length;
    }
}
