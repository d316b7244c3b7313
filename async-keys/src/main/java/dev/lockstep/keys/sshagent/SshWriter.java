package dev.lockstep.keys.sshagent;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes the data types of RFC 4251 section 5. */
final class SshWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    SshWriter uint8(int value) {
        out.write(value);
        return this;
    }

    SshWriter uint32(int value) {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    SshWriter string(byte[] bytes) {
        uint32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    SshWriter name(String ascii) {
        return string(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** RFC 4251 5: two's complement without needless bytes, which is what BigInteger gives for numbers above zero. */
    SshWriter mpint(BigInteger positive) {
        return string(positive.toByteArray());
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
