package dev.lockstep.server.pem;

import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** What the forms of unusual files are made of: one authority, its certificates and keys, in every encoding. */
final class UnusualFiles {

    static final String DH = block("DH PARAMETERS", new byte[] {0x30, 6, 2, 1, 23, 2, 1, 5});

    final TestFiles files;
    final String leaf;
    final String ca;
    final String chain;
    final String ecKey;
    final String rsaKey;
    final byte[] leafDer;
    final byte[] caDer;

    UnusualFiles(Path directory) throws Exception {
        files = new TestFiles(directory);
        leaf = Files.readString(files.ecCert);
        ca = Files.readString(files.caCert);
        chain = leaf + ca;
        ecKey = Files.readString(files.ecKey);
        rsaKey = Files.readString(files.rsaKey);
        leafDer = files.ecCertificate.getEncoded();
        caDer = files.ca.certificate().getEncoded();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String block(String type, byte[] content) {
        try {
            return ThrowawayCa.pem(new PemObject(type, content));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A certificate with OpenSSL's settings of trust behind it. */
    byte[] trusted(byte[] der, KeyPurposeId... uses) throws Exception {
        ASN1EncodableVector trust = new ASN1EncodableVector();
        for (KeyPurposeId use : uses) {
            trust.add(new ASN1ObjectIdentifier(use.getId()));
        }
        ASN1EncodableVector settings = new ASN1EncodableVector();
        if (uses.length > 0) {
            settings.add(new DERSequence(trust));
        }
        return join(der, new DERSequence(settings).getEncoded());
    }

    /** The chain as a set: in DER it has no order that means anything. */
    byte[] pkcs7() throws Exception {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        return x509.generateCertPath(List.of(files.ca.certificate(), files.ecCertificate))
                .getEncoded("PKCS7");
    }

    byte[] request() throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=wanted"), files.ec.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(files.ec.getPrivate()))
                .getEncoded();
    }

    byte[] revocationList() throws Exception {
        return new X509v2CRLBuilder(
                        X500Name.getInstance(
                                files.ca.certificate().getSubjectX500Principal().getEncoded()),
                        new Date())
                .setNextUpdate(new Date(System.currentTimeMillis() + 86_400_000))
                .build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(files.ca.keys().getPrivate()))
                .getEncoded();
    }

    byte[] keyStore(String type, String password, boolean withKey) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        char[] chars = password.toCharArray();
        if (withKey) {
            store.setKeyEntry("own", files.ec.getPrivate(), chars, new X509Certificate[] {
                files.ecCertificate, files.ca.certificate()
            });
        } else {
            store.setCertificateEntry("authority", files.ca.certificate());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, chars);
        return out.toByteArray();
    }

    static byte[] der(String pem) {
        List<String> body = new ArrayList<>(pem.lines().toList());
        body.removeIf(line -> line.startsWith("-----"));
        return Base64.getDecoder().decode(String.join("", body));
    }

    /** As ssh-keygen writes it without a password. */
    static String openSsh(KeyPair keys) throws Exception {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
        return block("OPENSSH PRIVATE KEY", OpenSSHPrivateKeyUtil.encodePrivateKey(PrivateKeyFactory.createKey(info)));
    }

    /** An EC key with a name of a curve that it does not have: what matters is the name. */
    String onCurve(String oid) throws Exception {
        ECPrivateKey key = (ECPrivateKey) files.ec.getPrivate();
        return block(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), new ASN1ObjectIdentifier(oid))
                        .getEncoded());
    }

    /** Made by {@code openssl req -x509} from a key with {@code -pkeyopt ec_param_enc:explicit}. */
    static final String EXPLICIT_CURVE = """
            -----BEGIN CERTIFICATE-----
            MIICZDCCAgmgAwIBAgIUY62HlqOJWlOVvI+f1zSieYlIP0wwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjkxNjM0
            MzdaGA8yMTI2MTEwNTE2MzQzN1owDDEKMAgGA1UEAwwBeDCCAUswggEDBgcqhkjOPQIBMIH3AgEBMCwGByqGSM49AQECIQD/////
            AAAAAQAAAAAAAAAAAAAAAP///////////////zBbBCD/////AAAAAQAAAAAAAAAAAAAAAP///////////////AQgWsY12Ko6k+ez
            671VdpiGvGUdBrDMU7D2O848PifSYEsDFQDEnTYIhucEk2pmeOETnSa3gZ9+kARBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPSh
            OUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfUCIQD/////AAAAAP//////////vOb6racXnoTzucrC/GMlUQIB
            AQNCAASoGMnT1MY1yuCBMUXUiOCQHuVE5dy5891PIFiUIdZraDOMd8dASXa0YNr4Sad9Nq3WwLDiE8V5CBMsVP0I5/2mo1MwUTAd
            BgNVHQ4EFgQUYbyBYLMYtp1BV6xFIBd/vcUdDo0wHwYDVR0jBBgwFoAUYbyBYLMYtp1BV6xFIBd/vcUdDo0wDwYDVR0TAQH/BAUw
            AwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/Gh0Xmmvityebm2BCVILq37iYsoBurf1vwgyYRWLOqMCIQDHEuhWtojMs01dI11WNnWh
            hhNuQtkjCosHJwncMYSHfg==
            -----END CERTIFICATE-----
            """;

    /** Made by {@code openssl pkcs8 -topk8 -v2prf hmacWithSHA256} with the password "pae, sz, Euro" in UTF-8. */
    static final String PASSWORD_IN_UTF_8 = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiywAJ40ixk9AICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELCcTHoKDpwPZLuoMESpGd8EgZCI
            0u42dWzJUeF/ZIrcBgCr1OxdakYZ1YcOpALTAGzwz2PgAP13TOOfqlsXGxSK8q4K
            O8xrmnAdQ2gqFqn/u5uL1Xk+lVjbOFOxaLHOkcxBaCWbWqjh139sf0EN7bPvDseX
            Vu+wUL3mSNgJwMcBrf0c8MU3XFeN2pbZ6RsjULsx1lPVAkyEugHyE825cN7kqnE=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    /** The same with the first three of these characters in Latin-1, as a terminal of that encoding passes them. */
    static final String PASSWORD_IN_LATIN_1 = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjCg6wT+ECnzAICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOHkyoMsLC5cHaU9SedUzVkEgZC/
            Qex1p4lJNitcL70C8T/yRse9o0fnue7RdJvwWvXzLi3Q52Ktavp3DCOCFekUrKMD
            VipMuJYmAfSbHCKC+Frx640YEjVsaWo4rvINPzXtOhLT6mc6HEPctgI+2RPLGePC
            oTgdyeG/4zCkhPLmfLHgjd1+RUe9PMeK+vrCJ+NShq2HVpjdgHoqYoz/ur8zXYk=
            -----END ENCRYPTED PRIVATE KEY-----
            """;
}
