package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Needed;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The decisions about client chains, compared with {@code openssl verify} and with the JDK's trust manager. Where one of
 * them differs, its case says why, and the test fails when it no longer does.
 */
@Tag("one-jdk")
class ClientPathAgreementTest {

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsOpenSsl() {
        Needed.programs("openssl", "openssl");
    }

    static Stream<PathCase> cases() throws GeneralSecurityException {
        return Stream.of(PathCases.all(), DefectCases.all(), RevocationCases.all())
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDecisionIsThatOfOthersOrForAReason(PathCase path) throws Exception {
        Verdict verdict = ours(path);
        String ours = verdict instanceof Verdict.Rejected rejected ? rejected.toString() : "OK";
        String openSsl = new OpenSslVerify(directory).judge(path);
        String jdk = jdk(path);
        String all = path + "; Lockstep: " + ours + "; OpenSSL: " + openSsl + "; JDK: " + jdk;
        assertThat(ours.equals("OK")).as(all).isEqualTo(path.accepted());
        assertThat(openSsl.equals("OK") != path.accepted()).as(all).isEqualTo(path.openSslDiffers() != null);
        assertThat(jdk.equals("OK") != path.accepted()).as(all).isEqualTo(path.jdkDiffers() != null);
    }

    @Test
    void thereAreEnoughCases() throws GeneralSecurityException {
        List<PathCase> cases = cases().toList();
        assertThat(cases).hasSizeGreaterThan(100);
        assertThat(cases.stream().map(PathCase::name)).doesNotHaveDuplicates();
    }

    private static Verdict ours(PathCase path) throws GeneralSecurityException {
        PkixVerifierBuilder builder =
                PkixVerifier.builder().trust(path.anchors()).clock(Clock.fixed(NOW, ZoneOffset.UTC));
        if (!path.crls().isEmpty()) {
            builder.crls(path.crls());
        }
        return builder.build().verify(new VerificationRequest(path.chain(), null, OptionalLong.empty()));
    }

    private static String jdk(PathCase path) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(
                path.anchors().stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet()),
                new X509CertSelector());
        parameters.setDate(Date.from(NOW));
        parameters.setRevocationEnabled(!path.crls().isEmpty());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(path.crls())));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
        try {
            manager.checkClientTrusted(path.chain().toArray(X509Certificate[]::new), "EC");
            return "OK";
        } catch (CertificateException e) {
            return e.toString();
        }
    }
}
