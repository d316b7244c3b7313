package dev.lockstep.tls.internal.secrets;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.Arrays;

/**
 * The key_block of RFC 5246 section 6.3, partitioned: client_write_MAC_key, server_write_MAC_key, client_write_key,
 * server_write_key, client_write_IV, server_write_IV, in this order.
 */
public final class KeyBlock {

    private final byte[] clientWriteMacKey;
    private final byte[] serverWriteMacKey;
    private final byte[] clientWriteKey;
    private final byte[] serverWriteKey;
    private final byte[] clientWriteIv;
    private final byte[] serverWriteIv;

    private KeyBlock(CipherSuite suite, byte[] block) {
        int mac = suite.mac().length();
        int key = suite.bulkCipher().keyLength();
        int iv = suite.bulkCipher().fixedIvLength();
        clientWriteMacKey = Arrays.copyOfRange(block, 0, mac);
        serverWriteMacKey = Arrays.copyOfRange(block, mac, 2 * mac);
        clientWriteKey = Arrays.copyOfRange(block, 2 * mac, 2 * mac + key);
        serverWriteKey = Arrays.copyOfRange(block, 2 * mac + key, 2 * mac + 2 * key);
        clientWriteIv = Arrays.copyOfRange(block, 2 * (mac + key), 2 * (mac + key) + iv);
        serverWriteIv = Arrays.copyOfRange(block, 2 * (mac + key) + iv, 2 * (mac + key + iv));
    }

    static int length(CipherSuite suite) {
        return 2
                * (suite.mac().length()
                        + suite.bulkCipher().keyLength()
                        + suite.bulkCipher().fixedIvLength());
    }

    static KeyBlock partition(CipherSuite suite, byte[] block) {
        return new KeyBlock(suite, block);
    }

    public byte[] clientWriteMacKey() {
        return clientWriteMacKey;
    }

    public byte[] serverWriteMacKey() {
        return serverWriteMacKey;
    }

    public byte[] clientWriteKey() {
        return clientWriteKey;
    }

    public byte[] serverWriteKey() {
        return serverWriteKey;
    }

    public byte[] clientWriteIv() {
        return clientWriteIv;
    }

    public byte[] serverWriteIv() {
        return serverWriteIv;
    }

    /** Clears every key; a user of one must have copied it. */
    public void wipe() {
        Wipe.bytes(clientWriteMacKey, serverWriteMacKey, clientWriteKey, serverWriteKey, clientWriteIv, serverWriteIv);
    }

    @Override
    public String toString() {
        return "KeyBlock";
    }
}
