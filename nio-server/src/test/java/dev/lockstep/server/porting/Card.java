package dev.lockstep.server.porting;

import java.io.IOException;
import java.security.cert.X509Certificate;

/** What the driver of a cryptoprocessor offers to the examples of {@code docs/guide/porting-from-mbedtls.md}. */
public interface Card {

    /** Where the key of a certificate is, or -1 when the card does not have it. */
    int slotOf(X509Certificate certificate);

    /** Begins a signature over a DigestInfo (RSA) or a digest (EC); calls {@code done}, on any thread, when it ends. */
    Job sign(int slot, byte[] input, Runnable done) throws IOException;

    /** Begins a decryption to the raw RSA block. */
    Job decrypt(int slot, byte[] ciphertext, Runnable done) throws IOException;

    /** Something that the card works on. */
    interface Job {

        /** Whether the card has ended its work, well or badly. */
        boolean finished();

        /** What came out. */
        byte[] result() throws IOException;

        /** The result is not wanted any more. */
        void abandon();
    }
}
