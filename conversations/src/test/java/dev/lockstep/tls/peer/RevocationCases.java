package dev.lockstep.tls.peer;

import static dev.lockstep.tls.peer.Certs.authority;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.Certs.crl;
import static dev.lockstep.tls.peer.PathCase.accepts;
import static dev.lockstep.tls.peer.PathCase.refuses;
import static dev.lockstep.tls.peer.PathCases.LEAF;
import static dev.lockstep.tls.peer.PathCases.LOW;
import static dev.lockstep.tls.peer.PathCases.MIDDLE;
import static dev.lockstep.tls.peer.PathCases.NO_BACKTRACKING;
import static dev.lockstep.tls.peer.PathCases.PINNED_UNCHECKED;
import static dev.lockstep.tls.peer.PathCases.ROOT;
import static dev.lockstep.tls.peer.PathCases.below;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

/** Chains whose certificates, or whose anchors, may be revoked. */
final class RevocationCases {

    private static final String NO_CRL_ISSUER = "wants the issuer of every list, also above an anchor";
    private static final String NAMESAKE =
            "takes a list of a namesake for the issuer's; RFC 5280 6.3.3 (f) wants the same trust anchor";
    private static final String ANCHOR_UNCHECKED = "does not check an anchor for revocation";

    private RevocationCases() {}

    static Stream<PathCase> all() {
        return Stream.of(paths(), rollover(), anchors()).flatMap(List::stream);
    }

    private static X509CRL ofRoot(X509Certificate... revoked) {
        return crl("Root", "root", true, revoked);
    }

    private static X509CRL ofMiddle(X509Certificate... revoked) {
        return crl("Middle", "middle", true, revoked);
    }

    private static List<PathCase> paths() {
        return List.of(
                accepts("lists without the client", List.of(ROOT), LOW, MIDDLE).crls(ofRoot(), ofMiddle()),
                refuses("a revoked client", List.of(ROOT), LOW, MIDDLE).crls(ofRoot(), ofMiddle(LOW)),
                refuses("a revoked intermediate", List.of(ROOT), LOW, MIDDLE).crls(ofRoot(MIDDLE), ofMiddle()),
                refuses("no list of the client's issuer", List.of(ROOT), LOW, MIDDLE)
                        .crls(ofRoot()),
                refuses("no list of the intermediate's issuer", List.of(ROOT), LOW, MIDDLE)
                        .crls(ofMiddle()),
                refuses("a list that is out of date", List.of(ROOT), LEAF).crls(crl("Root", "root", false)),
                refuses("a list that another key signed", List.of(ROOT), LEAF).crls(crl("Root", "other", true)),
                accepts("an old list beside the current one", List.of(ROOT), LEAF)
                        .crls(crl("Root", "root", false), ofRoot()));
    }

    private static List<PathCase> rollover() {
        X509Certificate newRoot = authority("Root", "root 2").sign();
        X509Certificate newLeaf = client("leaf", "Root", "root 2").sign();
        X509Certificate again = below("Middle", "middle", "Root", "root").sign();
        X509CRL newList = crl("Root", "root 2", true);
        return List.of(
                accepts("two roots of one name and a list of each", List.of(ROOT, newRoot), newLeaf)
                        .crls(ofRoot(), newList),
                accepts("one of two intermediates revoked", List.of(ROOT), LOW, MIDDLE, again)
                        .crls(ofRoot(MIDDLE), ofMiddle())
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("the other one revoked", List.of(ROOT), LOW, MIDDLE, again)
                        .crls(ofRoot(again), ofMiddle()),
                refuses("the old key's clients in the new key's list", List.of(ROOT, newRoot), LEAF)
                        .crls(newList)
                        .jdkDiffers(NAMESAKE));
    }

    private static List<PathCase> anchors() {
        X509Certificate pinned = client("pinned", "Root", "root").sign();
        return List.of(
                refuses("a root that revokes itself", List.of(ROOT), LEAF)
                        .crls(ofRoot(ROOT))
                        .jdkDiffers(ANCHOR_UNCHECKED),
                accepts("an intermediate as the anchor, not revoked", List.of(MIDDLE), LOW)
                        .crls(ofRoot(), ofMiddle())
                        .openSslDiffers(NO_CRL_ISSUER),
                refuses("an intermediate as the anchor, revoked", List.of(MIDDLE), LOW)
                        .crls(ofRoot(MIDDLE), ofMiddle())
                        .jdkDiffers(ANCHOR_UNCHECKED),
                refuses("the same beside its root", List.of(MIDDLE, ROOT), LOW)
                        .crls(ofRoot(MIDDLE), ofMiddle())
                        .jdkDiffers(ANCHOR_UNCHECKED),
                accepts("a pinned client, not revoked", List.of(pinned), pinned)
                        .crls(ofRoot())
                        .openSslDiffers(NO_CRL_ISSUER),
                accepts("pinned beside its root, not revoked", List.of(pinned, ROOT), pinned)
                        .crls(ofRoot()),
                refuses("a pinned client, revoked", List.of(pinned), pinned)
                        .crls(ofRoot(pinned))
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("pinned beside its root, revoked", List.of(pinned, ROOT), pinned)
                        .crls(ofRoot(pinned))
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("a pinned client without a list of its issuer", List.of(pinned), pinned)
                        .crls(ofMiddle())
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("a pinned client, and a list that is out of date", List.of(pinned), pinned)
                        .crls(crl("Root", "root", false))
                        .jdkDiffers(PINNED_UNCHECKED));
    }
}
