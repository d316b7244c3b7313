package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestAuthority.Order;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXReason;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which chain is accepted, and which alert each defect gets. */
class PkixVerifierTest {

    private static final TestAuthority ROOT = TestAuthority.root("Root");
    private static final TestAuthority MIDDLE = ROOT.intermediate("Middle");
    private static final TestAuthority STRANGER = TestAuthority.root("Stranger");
    private static final TestIdentity KEY = TestIdentity.P256;

    private static PkixVerifierBuilder builder() {
        return PkixVerifier.builder().trust(List.of(ROOT.certificate())).clock(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Verdict judge(PkixVerifierBuilder builder, X509Certificate... chain) throws Exception {
        return builder.build().verify(new VerificationRequest(List.of(chain), "host", OptionalLong.empty()));
    }

    private static void accepts(PkixVerifierBuilder builder, X509Certificate... chain) throws Exception {
        assertThat(judge(builder, chain)).isInstanceOf(Verdict.Accepted.class);
    }

    private static void refuses(AlertDescription alert, PkixVerifierBuilder builder, X509Certificate... chain)
            throws Exception {
        Verdict verdict = judge(builder, chain);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).alert()).as(verdict.toString()).isEqualTo(alert);
    }

    private static Order order() {
        return ROOT.order("client", KEY.publicKey());
    }

    // ---- pinned certificates: trusted for themselves, and for nothing that their holders sign

    private static TestAuthority holder(Consumer<Order> change) {
        return ROOT.intermediate("Pinned", order -> {
            order.without();
            change.accept(order);
        });
    }

    static Stream<Consumer<Order>> endEntities() {
        return Stream.of(
                order -> {},
                order -> order.extension(Extension.basicConstraints, true, new BasicConstraints(false)),
                order -> order.extension(Extension.basicConstraints, true, new BasicConstraints(false))
                        .usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                order -> order.extension(Extension.basicConstraints, true, new BasicConstraints(true))
                        .usage(KeyUsage.digitalSignature));
    }

    @ParameterizedTest
    @MethodSource("endEntities")
    void aPinnedCertificateIsAcceptedAndIssuesNothing(Consumer<Order> change) throws Exception {
        TestAuthority pinned = holder(change);
        PkixVerifierBuilder only =
                PkixVerifier.builder().trust(List.of(pinned.certificate())).clock(Clock.fixed(NOW, ZoneOffset.UTC));
        accepts(only, pinned.certificate());
        refuses(AlertDescription.UNKNOWN_CA, only, pinned.client(KEY));
        refuses(AlertDescription.UNKNOWN_CA, only, pinned.client(KEY), pinned.certificate());
        PkixVerifierBuilder beside = builder().trust(List.of(pinned.certificate()));
        accepts(beside, pinned.certificate());
        accepts(beside, ROOT.client(KEY));
        Verdict verdict = judge(beside, pinned.client(KEY), pinned.certificate());
        assertThat(verdict).as("below the root, but signed by no authority").isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void aPinnedCertificateThatItsAuthorityRevokedIsRefused() throws Exception {
        X509Certificate pinned = ROOT.client(KEY);
        PkixVerifierBuilder only =
                PkixVerifier.builder().trust(List.of(pinned)).clock(Clock.fixed(NOW, ZoneOffset.UTC));
        accepts(only, pinned);
        accepts(only.crls(List.of(ROOT.revoking())), pinned);
        refuses(AlertDescription.CERTIFICATE_REVOKED, only.crls(List.of(ROOT.revoking(pinned))), pinned);
    }

    // ---- accepted

    @ParameterizedTest
    @EnumSource(value = TestIdentity.class, mode = EnumSource.Mode.EXCLUDE, names = "CA")
    void aCertificateOfTheAnchorIsAcceptedWhateverItsKey(TestIdentity identity) throws Exception {
        accepts(builder(), ROOT.client(identity));
    }

    @Test
    void theAnchorItselfMayBeSentToo() throws Exception {
        accepts(builder(), ROOT.client(KEY), ROOT.certificate());
    }

    @Test
    void aChainIsAcceptedInAnyOrderAndWithStrangersInIt() throws Exception {
        TestAuthority lower = MIDDLE.intermediate("Lower");
        X509Certificate leaf = lower.client(KEY);
        accepts(builder(), leaf, lower.certificate(), MIDDLE.certificate());
        accepts(builder(), leaf, MIDDLE.certificate(), lower.certificate());
        accepts(builder(), leaf, STRANGER.certificate(), MIDDLE.certificate(), ROOT.certificate(), lower.certificate());
    }

    @Test
    void configuredIntermediatesFillGaps() throws Exception {
        X509Certificate leaf = MIDDLE.client(KEY);
        refuses(AlertDescription.UNKNOWN_CA, builder(), leaf);
        accepts(builder().intermediates(List.of(MIDDLE.certificate())), leaf);
    }

    @Test
    void ofTwoIssuersWithOneNameTheOneThatSignedIsTaken() throws Exception {
        TestAuthority sameName = ROOT.intermediate("Middle");
        X509Certificate leaf = MIDDLE.client(KEY);
        accepts(builder(), leaf, sameName.certificate(), MIDDLE.certificate());
        accepts(builder(), leaf, MIDDLE.certificate(), sameName.certificate());
    }

    @Test
    void ofTwoAnchorsWithOneNameEitherIsTaken() throws Exception {
        TestAuthority renewed = TestAuthority.root("Root");
        accepts(builder().trust(List.of(renewed.certificate())), renewed.client(KEY));
        accepts(builder().trust(List.of(renewed.certificate())), ROOT.client(KEY));
    }

    @Test
    void aTrustedSelfSignedCertificateNeedsNoPath() throws Exception {
        X509Certificate own = TestAuthority.selfSigned(KEY, "SHA256withECDSA");
        refuses(AlertDescription.UNKNOWN_CA, builder(), own);
        accepts(builder().trust(List.of(own)), own);
    }

    @Test
    void aTrustedSelfSignedCertificateIsOutOfDateAllTheSame() throws Exception {
        X509Certificate own = TestAuthority.selfSigned(KEY, "SHA256withECDSA");
        PkixVerifierBuilder trusting = builder().trust(List.of(own));
        refuses(
                AlertDescription.CERTIFICATE_EXPIRED,
                trusting.clock(Clock.fixed(NOW.plus(Duration.ofDays(200)), ZoneOffset.UTC)),
                own);
        refuses(
                AlertDescription.CERTIFICATE_EXPIRED,
                trusting.clock(Clock.fixed(NOW.minus(Duration.ofDays(200)), ZoneOffset.UTC)),
                own);
    }

    @Test
    void anyExtendedKeyUsageAndNoneAtAllWillDo() throws Exception {
        accepts(builder(), order().sign());
        accepts(builder(), order().purposes(KeyPurposeId.anyExtendedKeyUsage).sign());
        accepts(
                builder(),
                order().purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
                        .sign());
    }

    @Test
    void anAnchorMayBeANameAndAKey() throws Exception {
        TrustAnchor anchor = new TrustAnchor("CN=Root", ROOT.certificate().getPublicKey(), null);
        PkixVerifier verifier = PkixVerifier.builder()
                .trustAnchors(Set.of(anchor))
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build();
        assertThat(verifier.verify(new VerificationRequest(List.of(ROOT.client(KEY)), null, OptionalLong.empty())))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(verifier.acceptedIssuers())
                .containsExactly(ROOT.certificate().getSubjectX500Principal());
    }

    /** What sessions are bound to: the keys of authorities, not their names alone, nor their certificates. */
    @Test
    void theSessionContextChangesWithTheKeysOfAnchors() {
        byte[] context = PkixVerifier.trusting(List.of(ROOT.certificate(), STRANGER.certificate()))
                .sessionContext();
        assertThat(PkixVerifier.trusting(List.of(STRANGER.certificate(), ROOT.certificate()))
                        .sessionContext())
                .as("in another order")
                .isEqualTo(context);
        assertThat(PkixVerifier.trusting(List.of(ROOT.certificate())).sessionContext())
                .isNotEqualTo(context);
        String name = "the same name";
        assertThat(PkixVerifier.trusting(List.of(TestAuthority.root(name).certificate()))
                        .sessionContext())
                .as("another key of the same name")
                .isNotEqualTo(
                        PkixVerifier.trusting(List.of(TestAuthority.root(name).certificate()))
                                .sessionContext());
    }

    // ---- refused

    @Test
    void anUnknownAuthorityIsUnknownCa() throws Exception {
        refuses(AlertDescription.UNKNOWN_CA, builder(), STRANGER.client(KEY));
        refuses(AlertDescription.UNKNOWN_CA, builder(), STRANGER.client(KEY), STRANGER.certificate());
    }

    @Test
    void anIntermediateThatIsNoAuthorityIsUnknownCa() throws Exception {
        TestAuthority pretender = ROOT.intermediate("Pretender", order -> order.without()
                .extension(Extension.basicConstraints, true, new BasicConstraints(false))
                .usage(KeyUsage.digitalSignature));
        refuses(AlertDescription.UNKNOWN_CA, builder(), pretender.client(KEY), pretender.certificate());
        TestAuthority silent = ROOT.intermediate("Silent", Order::without);
        refuses(AlertDescription.UNKNOWN_CA, builder(), silent.client(KEY), silent.certificate());
    }

    @Test
    void anAuthorityBelowOneThatMayHaveNoneIsUnknownCa() throws Exception {
        TestAuthority last = ROOT.intermediate(
                "Last", order -> order.without().extension(Extension.basicConstraints, true, new BasicConstraints(0)));
        TestAuthority tooMuch = last.intermediate("Too much");
        accepts(builder(), last.client(KEY), last.certificate());
        refuses(AlertDescription.UNKNOWN_CA, builder(), tooMuch.client(KEY), tooMuch.certificate(), last.certificate());
    }

    @Test
    void anAuthorityThatMayNotSignCertificatesIsUnknownCa() throws Exception {
        TestAuthority reader = ROOT.intermediate("Reader", order -> order.without()
                .extension(Extension.basicConstraints, true, new BasicConstraints(true))
                .usage(KeyUsage.cRLSign));
        refuses(AlertDescription.UNKNOWN_CA, builder(), reader.client(KEY), reader.certificate());
    }

    @Test
    void aPathLongerThanAllowedIsUnknownCa() throws Exception {
        TestAuthority authority = ROOT;
        List<X509Certificate> chain = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            authority = authority.intermediate("Level " + i);
            chain.add(0, authority.certificate());
        }
        chain.add(0, authority.client(KEY));
        X509Certificate[] seven = chain.toArray(X509Certificate[]::new);
        refuses(AlertDescription.UNKNOWN_CA, builder(), seven);
        accepts(builder().maxPathLength(7), seven);
    }

    @Test
    void expiredAndNotYetValidAreCertificateExpired() throws Exception {
        refuses(
                AlertDescription.CERTIFICATE_EXPIRED,
                builder(),
                order().valid(NOW.minusSeconds(1000), NOW.minusSeconds(1)).sign());
        refuses(
                AlertDescription.CERTIFICATE_EXPIRED,
                builder(),
                order().valid(NOW.plusSeconds(1), NOW.plusSeconds(1000)).sign());
        TestAuthority old = ROOT.intermediate("Old", order -> order.valid(NOW.minusSeconds(1000), NOW.minusSeconds(1)));
        refuses(AlertDescription.CERTIFICATE_EXPIRED, builder(), old.client(KEY), old.certificate());
    }

    @Test
    void aSignatureThatDoesNotVerifyIsBadCertificate() throws Exception {
        refuses(AlertDescription.BAD_CERTIFICATE, builder(), damaged(ROOT.client(KEY)));
        refuses(AlertDescription.BAD_CERTIFICATE, builder(), MIDDLE.client(KEY), damaged(MIDDLE.certificate()));
        TestAuthority namesake = TestAuthority.root("Root");
        refuses(AlertDescription.BAD_CERTIFICATE, builder(), namesake.client(KEY));
    }

    @Test
    void aRevokedCertificateIsCertificateRevoked() throws Exception {
        // RFC 9325 7.5-1
        X509Certificate leaf = ROOT.client(KEY);
        accepts(builder().crls(List.of(ROOT.revoking())), leaf);
        refuses(AlertDescription.CERTIFICATE_REVOKED, builder().crls(List.of(ROOT.revoking(leaf))), leaf);
        X509Certificate below = MIDDLE.client(KEY);
        refuses(
                AlertDescription.CERTIFICATE_REVOKED,
                builder().crls(List.of(ROOT.revoking(MIDDLE.certificate()), MIDDLE.revoking())),
                below,
                MIDDLE.certificate());
    }

    @Test
    void aCertificateWithoutARevocationListIsCertificateUnknown() throws Exception {
        // RFC 9325 7.5-1
        refuses(AlertDescription.CERTIFICATE_UNKNOWN, builder().crls(List.of(STRANGER.revoking())), ROOT.client(KEY));
    }

    /** The JDK's own checker, which would ask the network too, on lists that are at hand. */
    @Test
    void theJdksRevocationCheckerTakesItsOptions() throws Exception {
        X509Certificate leaf = ROOT.client(KEY);
        Option[] offline = {Option.PREFER_CRLS, Option.NO_FALLBACK};
        refuses(
                AlertDescription.CERTIFICATE_REVOKED,
                builder().crls(List.of(ROOT.revoking(leaf))).revocation(offline),
                leaf);
        accepts(builder().crls(List.of(ROOT.revoking())).revocation(offline), leaf);
        refuses(AlertDescription.CERTIFICATE_UNKNOWN, builder().revocation(offline), leaf);
        accepts(builder().revocation(Option.PREFER_CRLS, Option.NO_FALLBACK, Option.SOFT_FAIL), leaf);
    }

    @Test
    void aPurposeOtherThanClientAuthIsUnsupported() throws Exception {
        refuses(
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                builder(),
                order().purposes(KeyPurposeId.id_kp_serverAuth).sign());
    }

    @Test
    void anUnknownCriticalExtensionIsUnsupported() throws Exception {
        refuses(
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                builder(),
                order().extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE)
                        .sign());
    }

    @Test
    void anOldHashIsUnsupportedUnlessAllowed() throws Exception {
        X509Certificate old = order().signedWith("SHA1withECDSA").sign();
        refuses(AlertDescription.UNSUPPORTED_CERTIFICATE, builder(), old);
        accepts(builder().allowOldHashes(true), old);
    }

    @Test
    void aNameOutsideTheAuthoritysConstraintsIsBadCertificate() throws Exception {
        TestAuthority narrow = ROOT.intermediate(
                "Narrow",
                order -> order.extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(
                                            GeneralName.directoryName, new org.bouncycastle.asn1.x500.X500Name("O=Us")))
                                },
                                null)));
        refuses(AlertDescription.BAD_CERTIFICATE, builder(), narrow.client(KEY), narrow.certificate());
    }

    @Test
    void whoIsNotPermittedIsDeniedAccessAndOnlyAfterValidation() throws Exception {
        X509Certificate leaf = MIDDLE.client(KEY);
        List<List<X509Certificate>> asked = new ArrayList<>();
        PkixVerifierBuilder closed = builder().permit(path -> {
            asked.add(path);
            return false;
        });
        refuses(AlertDescription.ACCESS_DENIED, closed, leaf, MIDDLE.certificate(), ROOT.certificate());
        assertThat(asked).containsExactly(List.of(leaf, MIDDLE.certificate()));
        refuses(AlertDescription.UNKNOWN_CA, closed, STRANGER.client(KEY));
        assertThat(asked).hasSize(1);
    }

    @Test
    void theJdksParametersAreOpen() throws Exception {
        X509Certificate leaf = ROOT.client(KEY);
        refuses(
                AlertDescription.CERTIFICATE_EXPIRED,
                builder().parameters(parameters -> parameters.setDate(Date.from(NOW.plus(Duration.ofDays(365))))),
                leaf);
        refuses(
                AlertDescription.BAD_CERTIFICATE,
                builder().parameters(parameters -> parameters.setExplicitPolicyRequired(true)),
                leaf);
    }

    @Test
    void theVerdictIsThereAtOnce() throws Exception {
        X509Certificate leaf = ROOT.client(KEY);
        Start<Verdict> start =
                builder().build().start(new VerificationRequest(List.of(leaf), null, OptionalLong.empty()), () -> {});
        assertThat(start).isInstanceOf(Start.Ready.class);
        assertThat(((Start.Ready<Verdict>) start).operation().resume())
                .isEqualTo(Progress.done(Verdict.accepted(List.of(leaf))));
    }

    @Test
    void everyReasonOfTheJdkHasAnAlert() {
        for (BasicReason reason : BasicReason.values()) {
            Verdict.rejected(PkixFailure.alert(reason), reason.name());
        }
        for (PKIXReason reason : PKIXReason.values()) {
            Verdict.rejected(PkixFailure.alert(reason), reason.name());
        }
        assertThat(PkixFailure.alert(BasicReason.REVOKED)).isEqualTo(AlertDescription.CERTIFICATE_REVOKED);
    }

    @Test
    void aRejectionSaysSomethingAboutCertificates() {
        assertThatThrownBy(() -> Verdict.rejected(AlertDescription.CLOSE_NOTIFY, "no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alert");
    }

    @Test
    void aVerifierThatTrustsNoOneIsNotMade() {
        assertThatThrownBy(() -> PkixVerifier.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("trust: ");
        assertThatThrownBy(() -> PkixVerifier.builder().maxPathLength(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PkixVerifier.builder().revocation()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VerificationRequest(List.of(), null, OptionalLong.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The last bit of the signature is another one. */
    private static X509Certificate damaged(X509Certificate certificate) throws GeneralSecurityException {
        byte[] encoded = certificate.getEncoded();
        encoded[encoded.length - 1] ^= 1;
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }
}
