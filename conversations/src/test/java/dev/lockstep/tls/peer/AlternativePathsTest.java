package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;
import static dev.lockstep.tls.peer.Certs.authority;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.Certs.crl;
import static dev.lockstep.tls.peer.PathCases.LEAF;
import static dev.lockstep.tls.peer.PathCases.LOW;
import static dev.lockstep.tls.peer.PathCases.MIDDLE;
import static dev.lockstep.tls.peer.PathCases.ROOT;
import static dev.lockstep.tls.peer.PathCases.below;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.AlertDescription;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

/** Which of several paths is taken, which of several faults is reported, and what anchors demand. */
class AlternativePathsTest {

    private static final X509Certificate NEW_ROOT = authority("Root", "root 2").sign();

    private static PkixVerifierBuilder trusting(X509Certificate... anchors) {
        return PkixVerifier.builder().trust(List.of(anchors)).clock(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Verdict judge(PkixVerifierBuilder builder, X509Certificate... chain) throws Exception {
        return builder.build().verify(new VerificationRequest(List.of(chain), null, OptionalLong.empty()));
    }

    private static void refuses(AlertDescription alert, PkixVerifierBuilder builder, X509Certificate... chain)
            throws Exception {
        Verdict verdict = judge(builder, chain);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).alert()).as(verdict.toString()).isEqualTo(alert);
    }

    @Test
    void theVerdictNamesThePathWithoutWhatElseWasSent() throws Exception {
        X509Certificate junk = authority("Junk", "junk").sign();
        X509Certificate expired =
                below("Middle", "middle", "Root", "root").expired().sign();
        assertThat(judge(trusting(ROOT), LOW, junk, expired, MIDDLE, ROOT))
                .isEqualTo(Verdict.accepted(List.of(LOW, MIDDLE)));
        X509Certificate pinned = client("pinned", "Root", "root").sign();
        assertThat(judge(trusting(pinned), pinned, junk)).isEqualTo(Verdict.accepted(List.of(pinned)));
    }

    @Test
    void theFaultOfThePathThatLookedBestIsReported() throws Exception {
        X509Certificate expired =
                below("Middle", "middle", "Root", "root").expired().sign();
        refuses(AlertDescription.CERTIFICATE_EXPIRED, trusting(ROOT), LOW, expired);
        refuses(
                AlertDescription.CERTIFICATE_REVOKED,
                trusting(ROOT).crls(List.of(crl("Root", "root", true, MIDDLE), crl("Middle", "middle", true))),
                LOW,
                expired,
                MIDDLE);
    }

    /** The list of the old key does not count for the new one, in whatever order they are looked at. */
    @Test
    void eachKeyOfAnAuthorityHasItsOwnList() throws Exception {
        X509Certificate leaf = client("leaf", "Root", "root 2").sign();
        for (int i = 0; i < 20; i++) { // the JDK keeps lists in sets, whose order differs
            refuses(
                    AlertDescription.CERTIFICATE_REVOKED,
                    trusting(ROOT, NEW_ROOT)
                            .crls(List.of(crl("Root", "root", true), crl("Root", "root 2", true, leaf))),
                    leaf);
        }
    }

    @Test
    void aRevokedAuthorityIsRevokedAsAnAnchorToo() throws Exception {
        refuses(
                AlertDescription.CERTIFICATE_REVOKED,
                trusting(MIDDLE).crls(List.of(crl("Middle", "middle", true), crl("Root", "root", true, MIDDLE))),
                LOW);
    }

    @Test
    void aPinnedCertificateNeedsAListOfItsIssuerUnlessItSignedItself() throws Exception {
        X509Certificate pinned = client("pinned", "Root", "root").sign();
        X509Certificate alone = Certs.of("alone", "alone").sign();
        List<X509CRL> other = List.of(crl("Middle", "middle", true));
        refuses(AlertDescription.CERTIFICATE_UNKNOWN, trusting(pinned).crls(other), pinned);
        assertThat(judge(trusting(alone).crls(other), alone)).isInstanceOf(Verdict.Accepted.class);
        // Where the issuer is known, the list must be signed by its key.
        List<X509CRL> forged = List.of(crl("Root", "other", true));
        refuses(AlertDescription.CERTIFICATE_UNKNOWN, trusting(pinned, ROOT).crls(forged), pinned);
        refuses(
                AlertDescription.CERTIFICATE_UNKNOWN,
                trusting(pinned).intermediates(List.of(ROOT)).crls(forged),
                pinned);
    }

    @Test
    void aPinnedCertificateIsLookedUpOnlineOnlyIfItsIssuerIsKnown() throws Exception {
        X509Certificate pinned = client("pinned", "Root", "root").sign();
        refuses(AlertDescription.CERTIFICATE_UNKNOWN, trusting(pinned).revocation(Option.PREFER_CRLS), pinned);
        assertThat(judge(trusting(pinned).revocation(Option.PREFER_CRLS, Option.SOFT_FAIL), pinned))
                .isInstanceOf(Verdict.Accepted.class);
    }

    /** A client that has several certificates picks the one whose issuer is listed. */
    @Test
    void thePinnedCertificateIsListedByItsIssuer() {
        X509Certificate pinned = client("pinned", "Middle", "middle").sign();
        X509Certificate alone = Certs.of("alone", "alone").sign();
        assertThat(trusting(pinned, ROOT, NEW_ROOT, alone).build().acceptedIssuers())
                .containsExactly(
                        MIDDLE.getSubjectX500Principal(),
                        ROOT.getSubjectX500Principal(),
                        alone.getSubjectX500Principal());
    }

    @Test
    void theConstraintsThatAnAnchorWasGivenApply() throws Exception {
        byte[] constraints = new NameConstraints(
                        new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.org"))},
                        null)
                .getEncoded();
        X509Certificate in = client("in", "Root", "root").host("a.example.org").sign();
        X509Certificate out =
                client("out", "Root", "root").host("a.example.com").sign();
        for (TrustAnchor anchor : List.of(
                new TrustAnchor(ROOT, constraints),
                new TrustAnchor(ROOT.getSubjectX500Principal(), ROOT.getPublicKey(), constraints))) {
            PkixVerifierBuilder builder =
                    PkixVerifier.builder().trustAnchors(Set.of(anchor)).clock(Clock.fixed(NOW, ZoneOffset.UTC));
            assertThat(judge(builder, in)).isInstanceOf(Verdict.Accepted.class);
            refuses(AlertDescription.BAD_CERTIFICATE, builder, out);
        }
    }

    @Test
    void whatAnAnchorDemandsHasTheAlertsOfAnyAuthority() throws Exception {
        X509Certificate root = authority("Root", "root").ca(0).sign();
        refuses(AlertDescription.UNKNOWN_CA, trusting(root), LOW, MIDDLE);
        X509Certificate narrow = authority("Root", "root")
                .permitting(GeneralName.directoryName, "O=Us")
                .sign();
        refuses(AlertDescription.BAD_CERTIFICATE, trusting(narrow), LEAF);
    }

    @Test
    void anAnchorWhoseConstraintsCannotBeReadIsRefusedWhenConfigured() {
        X509Certificate root = authority("Root", "root")
                .extra(Extension.nameConstraints, false, new DEROctetString(new byte[] {1, 2, 3}))
                .sign();
        PkixVerifierBuilder builder = trusting(root);
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("trust: CN=Root has name constraints that cannot be read");
    }

    /** The reproducer of a server that refused valid clients: the root and the old issuing authority are trusted. */
    @Test
    void permitIsGivenThePathThatWasTaken() throws Exception {
        X509Certificate old = below("Issuing", "issuing 1", "Root", "root").sign();
        X509Certificate renewed = below("Issuing", "issuing 2", "Root", "root").sign();
        X509Certificate device = client("device", "Issuing", "issuing 2").sign();
        List<List<X509Certificate>> asked = new ArrayList<>();
        judge(trusting(ROOT, old).permit(asked::add), device, renewed);
        assertThat(asked).containsExactly(List.of(device, renewed));
    }
}
