package dev.lockstep.crypto.provider;

import dev.lockstep.crypto.Wipe;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A symmetric key for the JDK's providers that can be wiped and may be empty, neither of which SecretKeySpec offers.
 */
public final class RawKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] bytes;

    /** Copies {@code len} bytes of {@code key} from {@code off}. */
    public RawKey(String algorithm, byte[] key, int off, int len) {
        this.algorithm = algorithm;
        this.bytes = Arrays.copyOfRange(key, off, off + len);
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void destroy() {
        Wipe.bytes(bytes);
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("keys stay in this process");
    }
}
