package dev.lockstep.tls.credential;

import dev.lockstep.crypto.ocsp.OcspResponse;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a credential's OCSP response comes from, and whether it is worth stapling. Shared by all connections. */
final class OcspStapling {

    private final Supplier<byte @Nullable []> source;
    private final X509Certificate certificate;
    private final @Nullable X509Certificate issuer;
    private volatile @Nullable Examined last;

    /** A response and what was found in it; exactly one of the last two is null. */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity, to know it again
    private record Examined(
            byte[] der,
            @Nullable OcspResponse response,
            @Nullable String defect) {}

    OcspStapling(List<X509Certificate> chain, Supplier<byte @Nullable []> source) {
        this.source = source;
        this.certificate = chain.get(0);
        this.issuer = issuer(chain);
    }

    /** The issuer's certificate, if the chain has it. */
    private static @Nullable X509Certificate issuer(List<X509Certificate> chain) {
        X509Certificate leaf = chain.get(0);
        for (X509Certificate candidate : chain) {
            if (candidate.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
                return candidate;
            }
        }
        return null;
    }

    StapledResponse at(Instant now) {
        byte[] der;
        try {
            der = source.get();
        } catch (Exception | Error e) {
            // boundary: the source is the application's. RFC 6066 8 says that servers MAY staple, so that a handshake
            // does without, whatever happened.
            return StapledResponse.failed(e);
        }
        if (der == null) {
            return StapledResponse.NONE;
        }
        Examined examined = examine(der);
        OcspResponse response = examined.response;
        if (response == null) {
            return StapledResponse.unusable(String.valueOf(examined.defect));
        }
        if (now.isBefore(response.thisUpdate())) {
            return StapledResponse.unusable("thisUpdate: " + response.thisUpdate() + " is still to come at " + now);
        }
        if (!response.isCurrent(now)) {
            return StapledResponse.unusable("nextUpdate: " + response.nextUpdate() + " is over at " + now);
        }
        return StapledResponse.of(der);
    }

    /** Each response is parsed once, however many handshakes carry it. */
    private Examined examine(byte[] der) {
        Examined known = last;
        if (known != null && known.der == der) {
            return known;
        }
        Examined examined;
        try {
            examined = new Examined(der, OcspResponse.parse(der, certificate, issuer), null);
        } catch (IllegalArgumentException e) {
            examined = new Examined(der, null, e.getMessage());
        }
        last = examined;
        return examined;
    }
}
