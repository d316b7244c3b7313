package dev.lockstep.server.certificate;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which clients of a key server are trusted: by the verifier that {@code serve} has, so that both refuse the same ones. The
 * JDK's trust manager would take a client whose certificate is trusted itself without a look at dates and revocation lists,
 * and does not tell which path it has found. Safe for any thread.
 */
public final class ClientTrust extends X509ExtendedTrustManager {

    /** Judges a chain as {@link PkixVerifier#verify}. */
    @FunctionalInterface
    public interface Verifier {

        /**
         * Returns the verdict about a chain at this moment, with the path if it is accepted.
         *
         * @throws GeneralSecurityException when there is none
         */
        Verdict verify(VerificationRequest request) throws GeneralSecurityException;
    }

    /** So many clients are remembered, with their chains. */
    static final int REMEMBERED = 64;

    /** When a client was accepted, and until when that holds. */
    private record Acceptance(List<X509Certificate> chain, Instant from, Instant until) {

        boolean holds(Instant now) {
            return !now.isBefore(from) && !now.isAfter(until);
        }
    }

    private final Verifier verifier;
    private final List<X509Certificate> trusted;
    private final List<Instant> turningPoints;
    private final InstantSource clock;

    /** By the hash of the chain; the one that was used longest ago comes first. */
    private final Map<String, Acceptance> accepted = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Trusts whom a verifier accepts.
     *
     * @param trusted whose names a client is told, as those of the authorities to have a certificate of
     * @param lists the revocation lists that the verifier has: a verdict holds until one of them ends or comes into force
     * @param clock says what time it is, to the verifier too
     */
    public ClientTrust(
            Verifier verifier, Collection<X509Certificate> trusted, Collection<X509CRL> lists, InstantSource clock) {
        this.verifier = verifier;
        this.trusted = List.copyOf(trusted);
        this.turningPoints = lists.stream()
                .flatMap(list -> Stream.of(list.getThisUpdate(), list.getNextUpdate()))
                .filter(date -> date != null)
                .map(Date::toInstant)
                .toList();
        this.clock = clock;
    }

    /**
     * Judges a client now. A verdict that accepts it is remembered for as long as it holds: with long revocation lists it takes time,
     * and a connection needs it in the handshake and after it.
     *
     * @param chain as the client sent it, its own certificate first
     * @return until when that holds, at most: the first date at which a certificate of the path ends, or a revocation list
     *     ends or comes into force; {@link Instant#MAX} for as long as the clients' authorities stay the same
     * @throws CertificateException when the client is not trusted; the message says why
     */
    public Instant verify(List<X509Certificate> chain) throws CertificateException {
        Instant now = clock.instant();
        String hash = hash(chain);
        Acceptance known = known(hash);
        if (known != null && known.holds(now)) {
            return known.until();
        }
        Instant until = judge(chain, now);
        remember(hash, new Acceptance(List.copyOf(chain), now, until));
        return until;
    }

    /**
     * Verifies the clients that others were accepted by, so that what accepts them here too is remembered when they ask. Takes as
     * long as that takes.
     */
    public void verifyClientsOf(ClientTrust others) {
        List<Acceptance> all;
        synchronized (others.accepted) {
            all = List.copyOf(others.accepted.values());
        }
        for (Acceptance each : all) {
            try {
                Instant unused = verify(each.chain());
            } catch (CertificateException e) {
                // It is verified once more when it asks, and learns of it then.
            }
        }
    }

    private @Nullable Acceptance known(String hash) {
        synchronized (accepted) {
            return accepted.get(hash);
        }
    }

    private void remember(String hash, Acceptance acceptance) {
        synchronized (accepted) {
            accepted.put(hash, acceptance);
            if (accepted.size() > REMEMBERED) {
                accepted.remove(accepted.keySet().iterator().next());
            }
        }
    }

    /** Each certificate is an element of DER, so that no two chains are the same bytes. */
    private static String hash(List<X509Certificate> chain) throws CertificateException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (X509Certificate each : chain) {
            all.writeBytes(each.getEncoded());
        }
        return HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(all.toByteArray()));
    }

    private Instant judge(List<X509Certificate> chain, Instant now) throws CertificateException {
        Verdict verdict;
        try {
            verdict = verifier.verify(new VerificationRequest(chain, null, OptionalLong.empty()));
        } catch (GeneralSecurityException e) {
            throw new CertificateException("it cannot be verified: " + e.getMessage(), e);
        }
        if (verdict instanceof Verdict.Rejected rejected) {
            throw new CertificateException(rejected.reason());
        }
        List<Instant> ends = new ArrayList<>(turningPoints);
        for (X509Certificate each : ((Verdict.Accepted) verdict).path()) {
            ends.add(each.getNotAfter().toInstant());
        }
        return ends.stream()
                .filter(end -> !end.isBefore(now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** Returns the time by which {@link #verify} judges. */
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        Instant unused = verify(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("it is for clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    /**
     * Returns the trusted authorities. None if there is a client's own certificate among the trusted ones: its issuer is not
     * known here, and a client sends nothing if the list has no issuer of its certificate.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trusted.stream().allMatch(ClientTrust::issuesItself)
                ? trusted.toArray(X509Certificate[]::new)
                : new X509Certificate[0];
    }

    private static boolean issuesItself(X509Certificate certificate) {
        return PkixVerifier.isAuthority(certificate)
                || certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }
}
