package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.TestFiles;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** Which certificates a key server warns of. */
class CertificatePurposesTest {

    private static String warning(String... purposes) throws Exception {
        KeyPair keys = TestFiles.keys("EC", "secp256r1");
        X500Name name = new X500Name("CN=www.example");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                name,
                keys.getPublic());
        if (purposes.length > 0) {
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(Arrays.stream(purposes)
                            .map(purpose -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose)))
                            .toArray(KeyPurposeId[]::new)));
        }
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        return CertificatePurposes.warning("--cert", "www.pem", certificate);
    }

    @Test
    void aCertificateForServersAloneIsGood() throws Exception {
        assertThat(warning("1.3.6.1.5.5.7.3.1")).isNull();
    }

    @Test
    void everyOtherIsWarnedOfInOneLineWithCauseAndFix() throws Exception {
        assertThat(warning())
                .startsWith("--cert: www.pem has no extendedKeyUsage, so ")
                .endsWith("; have a certificate issued whose extendedKeyUsage is serverAuth alone")
                .doesNotContain("\n");
        assertThat(warning("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")).contains(" has extendedKeyUsage clientAuth, so ");
        assertThat(warning("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.3"))
                .contains(" has extendedKeyUsage emailProtection, codeSigning, so ");
        assertThat(warning("2.5.29.37.0", "1.3.6.1.5.5.7.3.1")).contains(" has extendedKeyUsage anyExtendedKeyUsage,");
        assertThat(warning("1.2.3.4")).contains(" has extendedKeyUsage 1.2.3.4, so ");
    }
}
