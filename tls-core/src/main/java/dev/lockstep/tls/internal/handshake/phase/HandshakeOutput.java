package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;

/** The port through which the handshake acts on the record layer, which it does not know. Everything keeps its order. */
public interface HandshakeOutput {

    /** Sends a handshake message, header included. The array passes to the receiver. */
    void sendMessage(byte[] encoded);

    /** Sends ChangeCipherSpec; the pending write state becomes current right behind it (RFC 5246 7.1-1, 7.1-2). */
    void sendChangeCipherSpec();

    /** Sends a warning alert. */
    void sendWarning(AlertDescription description);

    /** Makes the pending read and write states (RFC 5246 section 6.1). The key block is copied, not kept. */
    void preparePendingStates(CipherSuite suite, KeyBlock keys, boolean encryptThenMac);

    /**
     * No record carries more than {@code limit} bytes of plaintext (RFC 6066 section 4): from now on, and under the states
     * that this handshake makes.
     *
     * @param limit 512 to 4096
     */
    void limitFragments(int limit);

    /**
     * Records under the states that this handshake makes carry no more plaintext than that (RFC 8449 section 4). Without
     * this and without {@link #limitFragments} the limit is 2^14 in both directions, whatever it was before.
     *
     * @param sent the most that is sent in one record, in bytes, 64 to 2^14
     * @param received the most that is taken in one record, in bytes, 64 to 2^14
     */
    void limitProtectedRecords(int sent, int received);

    /** The pending read state becomes current: the client's ChangeCipherSpec was accepted. */
    void activateReadState();
}
