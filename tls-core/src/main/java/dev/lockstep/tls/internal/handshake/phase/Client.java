package dev.lockstep.tls.internal.handshake.phase;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The client's identity in one handshake: what it claimed (Certificate), what of it the verifier accepted, and what the
 * client proved (CertificateVerify).
 */
public final class Client {

    /** Of certificates whose size was not looked at, decoded, in bytes. */
    static final int AVERAGE_CERTIFICATE = 4096;

    /** The chain that the client sent. Nothing is proven by it. */
    public final Once<ClientCertificate> claimed = new Once<>();
    /** The certificates that the verifier accepts, the client's own first, without those that it sent in addition. */
    public final Once<List<X509Certificate>> accepted = new Once<>();
    /** The accepted chain whose key the client has proven, in this handshake or in the one whose session it resumes. */
    public final Once<List<X509Certificate>> proven = new Once<>();

    /** Tells whether the client sent a chain, whose key it must prove then. */
    public boolean sentChain() {
        return claimed.isSet();
    }

    /** Returns about how many bytes the certificates hold. */
    int heldBytes() {
        ClientCertificate certificate = claimed.orNull();
        return certificate == null ? proven.orElse(List.of()).size() * AVERAGE_CERTIFICATE : certificate.heldBytes();
    }

    /** Drops the certificates: those of a handshake that is complete are kept with what it has established. */
    void clear() {
        claimed.clear();
        accepted.clear();
        proven.clear();
    }
}
