package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;

/** The port through which the handshake acts on the record layer, which it does not know. Everything keeps its order. */
public interface HandshakeOutput {

    /** Sends a handshake message, header included. The array passes to the receiver. */
    void sendMessage(byte[] encoded);

    /** Sends ChangeCipherSpec; the pending write state becomes current right behind it (RFC 5246 section 7.1). */
    void sendChangeCipherSpec();

    /** Sends a warning alert. */
    void sendWarning(AlertDescription description);

    /** Makes the pending read and write states (RFC 5246 section 6.1). The key block is copied, not kept. */
    void preparePendingStates(CipherSuite suite, KeyBlock keys, boolean encryptThenMac);

    /** The pending read state becomes current: the client's ChangeCipherSpec was accepted. */
    void activateReadState();
}
