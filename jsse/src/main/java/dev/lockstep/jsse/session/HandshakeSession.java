package dev.lockstep.jsse.session;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session that a handshake is about to make, for key managers, trust managers and selectors, which are asked during it:
 * what is known so far. The engine fills it in while they may read it on other threads.
 */
public final class HandshakeSession extends BasicSession {

    private final List<SignatureScheme> localSchemes;
    private volatile List<SignatureScheme> peerSchemes = List.of();
    private volatile List<X509Certificate> peerChain = List.of();
    private volatile List<X509Certificate> localChain = List.of();
    private volatile @Nullable String serverName;
    private volatile @Nullable CipherSuite suite;

    /** @param localSchemes what this server accepts in certificates and signatures */
    public HandshakeSession(@Nullable String peerHost, int peerPort, List<SignatureScheme> localSchemes) {
        super(peerHost, peerPort);
        this.localSchemes = localSchemes;
    }

    /** The client asked for this host. */
    public void asksFor(@Nullable String host) {
        serverName = host;
    }

    /** The client accepts these schemes. */
    public void peerAccepts(List<SignatureScheme> schemes) {
        peerSchemes = schemes;
    }

    /** The client has sent this chain, which nothing is known of yet. */
    public void peerSent(List<X509Certificate> chain) {
        peerChain = chain;
    }

    /** The handshake will use this suite. */
    public void uses(CipherSuite chosen) {
        suite = chosen;
    }

    /** ServerHello was made: the suite is final, and so is the chain that the server presents. */
    public void agreed(ConnectionInfo info) {
        uses(info.cipherSuite());
        Credential credential = info.credential();
        localChain = credential == null ? List.of() : credential.chain();
    }

    @Override
    public String getCipherSuite() {
        CipherSuite chosen = suite;
        return chosen == null ? super.getCipherSuite() : chosen.name();
    }

    @Override
    public String getProtocol() {
        return "TLSv1.2";
    }

    @Override
    @Nullable
    String serverName() {
        return serverName;
    }

    @Override
    List<X509Certificate> peerChain() {
        return peerChain;
    }

    @Override
    List<X509Certificate> localChain() {
        return localChain;
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return SchemeNames.of(localSchemes);
    }

    @Override
    public String[] getPeerSupportedSignatureAlgorithms() {
        return SchemeNames.of(peerSchemes);
    }
}
