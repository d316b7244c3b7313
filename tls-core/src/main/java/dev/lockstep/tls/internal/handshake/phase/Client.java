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

    private final Once<ClientCertificate> claimed = new Once<>();
    private List<X509Certificate> accepted = List.of();
    private List<X509Certificate> proven = List.of();

    /** Records the chain that the client sent. Nothing is proven by it. */
    public void claim(ClientCertificate certificate) {
        claimed.set(certificate);
    }

    /** Returns the certificate that the client sent. */
    public ClientCertificate claimed() {
        return claimed.get();
    }

    /** Tells whether the client sent a chain, whose key it must prove then. */
    public boolean sentChain() {
        return claimed.isSet();
    }

    /** Records the certificates that the verifier accepts, without those that the client sent in addition. */
    public void accept(List<X509Certificate> path) {
        accepted = List.copyOf(path);
    }

    /** Returns what the verifier accepted, the client's own certificate first. */
    public List<X509Certificate> accepted() {
        return accepted;
    }

    /** Records a chain whose key the client has proven, in this handshake or in the one whose session it resumes. */
    public void prove(List<X509Certificate> chain) {
        proven = List.copyOf(chain);
    }

    /** Returns the chain whose key the client has proven, its own certificate first; empty for every other client. */
    public List<X509Certificate> proven() {
        return proven;
    }

    /** Returns about how many bytes the certificates hold. */
    int heldBytes() {
        ClientCertificate certificate = claimed.orNull();
        return certificate == null ? proven.size() * AVERAGE_CERTIFICATE : certificate.heldBytes();
    }

    @Override
    public String toString() {
        return "Client";
    }
}
