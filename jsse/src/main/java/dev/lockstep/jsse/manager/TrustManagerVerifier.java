package dev.lockstep.jsse.manager;

import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;

/** A trust manager as the verifier of one connection: it blocks a thread of a pool while the handshake is suspended. */
final class TrustManagerVerifier implements ClientCertificateVerifier {

    /** RFC 5246 7.4.4: certificate_authorities has at most 2^16-1 bytes, two of them the length of each name. */
    private static final int MOST_AUTHORITIES = 0xffff;

    private final Source source;
    private final Party party;
    private final List<X500Principal> authorities;
    private final ExecutorAsk<VerificationRequest, Verdict> verdicts;

    /**
     * A trust manager, which is asked for its authorities by each connection, as it may have read them again. They are named
     * when they are others than before: they are hundreds in the default one.
     */
    static final class Source {

        private final X509TrustManager manager;
        private volatile Named last = new Named(List.of(), List.of());

        private record Named(List<X509Certificate> issuers, List<X500Principal> names) {}

        Source(X509TrustManager manager) {
            this.manager = manager;
        }

        ClientCertificateVerifier verifier(Party party) {
            return new TrustManagerVerifier(this, party);
        }

        private List<X500Principal> authorities() {
            List<X509Certificate> issuers = accepted();
            Named known = last;
            if (!known.issuers.equals(issuers)) {
                known = new Named(issuers, names(issuers));
                last = known;
            }
            return known.names;
        }

        private List<X509Certificate> accepted() {
            try {
                X509Certificate[] given = manager.getAcceptedIssuers();
                // Null is against its contract, and common in managers that accept whatever they are given.
                return given == null ? List.of() : List.of(given);
            } catch (RuntimeException e) {
                throw new ConfigException(
                        "clientAuthentication", "the trust manager names no authorities: " + e, "mend it", e);
            }
        }

        /** None at all where they do not fit into the message: the client then presents what it has. */
        private static List<X500Principal> names(List<X509Certificate> issuers) {
            List<X500Principal> names = new ArrayList<>();
            int bytes = 0;
            for (X509Certificate issuer : issuers) {
                X500Principal name = issuer.getSubjectX500Principal();
                if (!names.contains(name)) {
                    names.add(name);
                    bytes += 2 + name.getEncoded().length;
                }
            }
            return bytes > MOST_AUTHORITIES ? List.of() : List.copyOf(names);
        }
    }

    private TrustManagerVerifier(Source source, Party party) {
        this.source = source;
        this.party = party;
        this.authorities = source.authorities();
        this.verdicts = ExecutorAsk.<VerificationRequest, Verdict>of(this::judge, Discard::nothing, Workers.trust())
                .sharedBy(VerificationRequest::clientAddress);
    }

    @Override
    public List<X500Principal> acceptedIssuers() {
        return authorities;
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) {
        party.handshakeSession().peerSent(request.chain());
        return verdicts.start(request, waker);
    }

    private Verdict judge(VerificationRequest request) {
        return Asked.by(party, () -> verdict(request));
    }

    private Verdict verdict(VerificationRequest request) {
        X509Certificate[] chain = request.chain().toArray(new X509Certificate[0]);
        String type = request.certificate().getPublicKey().getAlgorithm();
        SSLEngine engine = party.engine();
        SSLSocket socket = party.socket();
        try {
            if (source.manager instanceof X509ExtendedTrustManager extended && engine != null) {
                extended.checkClientTrusted(chain, type, engine);
            } else if (source.manager instanceof X509ExtendedTrustManager extended && socket != null) {
                extended.checkClientTrusted(chain, type, socket);
            } else {
                source.manager.checkClientTrusted(chain, type);
            }
            return Verdict.accepted();
        } catch (CertificateException e) {
            return Refusals.verdict(e);
        }
    }
}
