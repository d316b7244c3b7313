package dev.lockstep.keys.sshagent;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the data types of RFC 4251 section 5 out of bytes that an agent sent; every length is checked first. */
final class SshReader {

    private final byte[] in;
    private int position;

    SshReader(byte[] in) {
        this.in = in;
    }

    int uint8() throws OperationException {
        return in[take(1)] & 0xff;
    }

    /** Returns a uint32, as a long because it has no sign. */
    long uint32() throws OperationException {
        int at = take(4);
        return (in[at] & 0xffL) << 24 | (in[at + 1] & 0xff) << 16 | (in[at + 2] & 0xff) << 8 | (in[at + 3] & 0xff);
    }

    byte[] string() throws OperationException {
        long length = uint32();
        if (length > in.length) {
            throw malformed();
        }
        int at = take((int) length);
        return Arrays.copyOfRange(in, at, at + (int) length);
    }

    String name() throws OperationException {
        return new String(string(), StandardCharsets.ISO_8859_1);
    }

    /** Returns an mpint of at least 1; no number of a signature is less. */
    BigInteger positive() throws OperationException {
        byte[] bytes = string();
        if (bytes.length == 0 || bytes[0] < 0) {
            throw malformed();
        }
        BigInteger value = new BigInteger(bytes);
        if (value.signum() == 0) {
            throw malformed();
        }
        return value;
    }

    void end() throws OperationException {
        if (position != in.length) {
            throw malformed();
        }
    }

    private int take(int length) throws OperationException {
        if (length > in.length - position) {
            throw malformed();
        }
        int at = position;
        position += length;
        return at;
    }

    static OperationException malformed() {
        return new OperationException(Reason.INVALID_OUTPUT, "the ssh-agent's answer is malformed");
    }
}
