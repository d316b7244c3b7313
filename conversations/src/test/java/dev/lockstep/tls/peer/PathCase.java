package dev.lockstep.tls.peer;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's chain, what the server trusts, and who accepts it.
 *
 * @param crls empty for no revocation checks
 * @param accepted whether Lockstep accepts the client
 * @param openSslDiffers why OpenSSL's decision is the opposite; null if it is the same
 * @param jdkDiffers why the decision of the JDK's trust manager is the opposite; null if it is the same
 */
record PathCase(
        String name,
        boolean accepted,
        List<X509Certificate> anchors,
        List<X509Certificate> chain,
        List<X509CRL> crls,
        @Nullable String openSslDiffers,
        @Nullable String jdkDiffers) {

    static PathCase accepts(String name, List<X509Certificate> anchors, X509Certificate... chain) {
        return new PathCase(name, true, anchors, List.of(chain), List.of(), null, null);
    }

    static PathCase refuses(String name, List<X509Certificate> anchors, X509Certificate... chain) {
        return new PathCase(name, false, anchors, List.of(chain), List.of(), null, null);
    }

    PathCase crls(X509CRL... lists) {
        return new PathCase(name, accepted, anchors, chain, List.of(lists), openSslDiffers, jdkDiffers);
    }

    PathCase openSslDiffers(String reason) {
        return new PathCase(name, accepted, anchors, chain, crls, reason, jdkDiffers);
    }

    PathCase jdkDiffers(String reason) {
        return new PathCase(name, accepted, anchors, chain, crls, openSslDiffers, reason);
    }

    @Override
    public String toString() {
        return name;
    }
}
