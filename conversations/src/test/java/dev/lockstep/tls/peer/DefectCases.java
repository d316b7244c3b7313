package dev.lockstep.tls.peer;

import static dev.lockstep.tls.peer.Certs.authority;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.PathCase.accepts;
import static dev.lockstep.tls.peer.PathCase.refuses;
import static dev.lockstep.tls.peer.PathCases.ANCHOR_CONTENT;
import static dev.lockstep.tls.peer.PathCases.DATES_OF_ANCHORS;
import static dev.lockstep.tls.peer.PathCases.LEAF;
import static dev.lockstep.tls.peer.PathCases.LOW;
import static dev.lockstep.tls.peer.PathCases.MIDDLE;
import static dev.lockstep.tls.peer.PathCases.NO_BACKTRACKING;
import static dev.lockstep.tls.peer.PathCases.ROOT;
import static dev.lockstep.tls.peer.PathCases.SERVER;
import static dev.lockstep.tls.peer.PathCases.below;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Chains with one defect, or without it: dates, authorities, lengths, usages, names, signatures. */
final class DefectCases {

    private DefectCases() {}

    static Stream<PathCase> all() throws GeneralSecurityException {
        return Stream.of(dates(), authorities(), lengths(), usages(), names(), damaged())
                .flatMap(List::stream);
    }

    private static List<PathCase> dates() {
        return List.of(
                refuses(
                        "an expired client",
                        List.of(ROOT),
                        client("c", "Root", "root").expired().sign()),
                refuses(
                        "a client of tomorrow",
                        List.of(ROOT),
                        client("c", "Root", "root").early().sign()),
                refuses(
                        "an expired intermediate",
                        List.of(ROOT),
                        LOW,
                        below("Middle", "middle", "Root", "root").expired().sign()),
                refuses(
                        "an intermediate of tomorrow",
                        List.of(ROOT),
                        LOW,
                        below("Middle", "middle", "Root", "root").early().sign()),
                accepts(
                                "an expired root",
                                List.of(authority("Root", "root").expired().sign()),
                                LEAF)
                        .openSslDiffers(DATES_OF_ANCHORS));
    }

    private static List<PathCase> authorities() {
        return List.of(
                refuses(
                        "an intermediate that is no CA",
                        List.of(ROOT),
                        LOW,
                        Certs.of("Middle", "middle")
                                .by("Root", "root")
                                .extra(Extension.basicConstraints, true, new BasicConstraints(false))
                                .sign()),
                refuses(
                        "an intermediate without extensions",
                        List.of(ROOT),
                        LOW,
                        Certs.of("Middle", "middle").by("Root", "root").sign()),
                refuses(
                        "an intermediate of version 1",
                        List.of(ROOT),
                        LOW,
                        Certs.of("Middle", "middle")
                                .by("Root", "root")
                                .versionOne()
                                .sign()),
                refuses(
                        "an intermediate without keyCertSign",
                        List.of(ROOT),
                        LOW,
                        below("Middle", "middle", "Root", "root")
                                .usage(KeyUsage.cRLSign)
                                .sign()),
                accepts(
                        "an intermediate without key usages",
                        List.of(ROOT),
                        LOW,
                        below("Middle", "middle", "Root", "root")
                                .without(Extension.keyUsage)
                                .sign()),
                refuses(
                        "a client as an intermediate",
                        List.of(ROOT),
                        client("x", "leaf", "client leaf").sign(),
                        LEAF),
                accepts(
                                "an intermediate for servers only",
                                List.of(ROOT),
                                LOW,
                                below("Middle", "middle", "Root", "root")
                                        .purposes(KeyPurposeId.id_kp_serverAuth)
                                        .sign())
                        .openSslDiffers("nests extended key usages; RFC 5280 4.2.1.12 has them for the key's own use"),
                refuses(
                        "an intermediate with an unknown critical extension",
                        List.of(ROOT),
                        LOW,
                        below("Middle", "middle", "Root", "root")
                                .extra(UNKNOWN, true, DERNull.INSTANCE)
                                .sign()));
    }

    private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

    private static List<PathCase> lengths() {
        X509Certificate last = below("Middle", "middle", "Root", "root").ca(0).sign();
        X509Certificate lower = below("Lower", "lower", "Middle", "middle").sign();
        X509Certificate end = client("end", "Lower", "lower").sign();
        X509Certificate rootOfNone = authority("Root", "root").ca(0).sign();
        X509Certificate rootOfOne = authority("Root", "root").ca(1).sign();
        X509Certificate renewedKey = below("Root", "root 2", "Root", "root").sign();
        return List.of(
                accepts("path length 0, a client below", List.of(ROOT), LOW, last),
                refuses("path length 0, an authority below", List.of(ROOT), end, lower, last),
                accepts("a root of path length 0, a client below", List.of(rootOfNone), LEAF),
                refuses("a root of path length 0, an authority below", List.of(rootOfNone), LOW, MIDDLE)
                        .jdkDiffers(ANCHOR_CONTENT),
                accepts("a root of path length 1, an authority below", List.of(rootOfOne), LOW, MIDDLE),
                refuses("a root of path length 1, two below", List.of(rootOfOne), end, lower, MIDDLE)
                        .jdkDiffers(ANCHOR_CONTENT),
                accepts(
                        "a root of path length 0, itself under a new key",
                        List.of(rootOfNone),
                        client("c", "Root", "root 2").sign(),
                        renewedKey));
    }

    private static List<PathCase> usages() {
        return List.of(
                accepts(
                        "a client without any usage",
                        List.of(ROOT),
                        Certs.of("c", "c").by("Root", "root").sign()),
                refuses("a client for servers", List.of(ROOT), SERVER),
                accepts(
                        "a client for servers and clients",
                        List.of(ROOT),
                        client("c", "Root", "root")
                                .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
                                .sign()),
                accepts(
                                "a client for any purpose",
                                List.of(ROOT),
                                client("c", "Root", "root")
                                        .purposes(KeyPurposeId.anyExtendedKeyUsage)
                                        .sign())
                        .openSslDiffers("does not take anyExtendedKeyUsage (RFC 5280 4.2.1.12) for clientAuth"),
                refuses(
                        "a client whose key only enciphers",
                        List.of(ROOT),
                        client("c", "Root", "root")
                                .usage(KeyUsage.keyEncipherment)
                                .sign()),
                refuses(
                                "a client whose key only agrees on keys",
                                List.of(ROOT),
                                client("c", "Root", "root")
                                        .usage(KeyUsage.keyAgreement)
                                        .sign())
                        .openSslDiffers("takes it for a certificate of static ECDH, which Lockstep does not have"),
                refuses(
                        "a client with an unknown critical extension",
                        List.of(ROOT),
                        client("c", "Root", "root")
                                .extra(UNKNOWN, true, DERNull.INSTANCE)
                                .sign()));
    }

    /** The JDK takes a common name that could be a host's for one, also an authority's. */
    private static final String MIDDLE_CA = "Middle CA";

    private static List<PathCase> names() {
        int dns = GeneralName.dNSName;
        X509Certificate free = below(MIDDLE_CA, "middle", "Root", "root").sign();
        X509Certificate in =
                client("in", MIDDLE_CA, "middle").host("a.example.org").sign();
        X509Certificate out =
                client("out", MIDDLE_CA, "middle").host("a.example.com").sign();
        X509Certificate middle = below(MIDDLE_CA, "middle", "Root", "root")
                .permitting(dns, "example.org")
                .sign();
        X509Certificate without = below(MIDDLE_CA, "middle", "Root", "root")
                .excluding(dns, "example.com")
                .sign();
        X509Certificate root =
                authority("Root", "root").permitting(dns, "example.org").sign();
        X509Certificate rootWithout =
                authority("Root", "root").excluding(dns, "example.com").sign();
        return List.of(
                accepts("a name that is permitted", List.of(ROOT), in, middle),
                refuses("a name that is not permitted", List.of(ROOT), out, middle),
                accepts("a name that is not excluded", List.of(ROOT), in, without),
                refuses("a name that is excluded", List.of(ROOT), out, without),
                accepts("a name that the root permits", List.of(root), in, free),
                refuses("a name that the root does not permit", List.of(root), out, free)
                        .jdkDiffers(ANCHOR_CONTENT),
                accepts("a name that the root does not exclude", List.of(rootWithout), in, free),
                refuses("a name that the root excludes", List.of(rootWithout), out, free)
                        .jdkDiffers(ANCHOR_CONTENT));
    }

    private static List<PathCase> damaged() throws GeneralSecurityException {
        X509Certificate sha1 =
                client("c", "Root", "root").signedWith("SHA1withECDSA").sign();
        return List.of(
                refuses("a client whose signature is damaged", List.of(ROOT), damaged(LEAF)),
                refuses("an intermediate whose signature is damaged", List.of(ROOT), LOW, damaged(MIDDLE)),
                accepts("a damaged intermediate beside the good one", List.of(ROOT), LOW, damaged(MIDDLE), MIDDLE)
                        .openSslDiffers(NO_BACKTRACKING),
                refuses("SHA-1", List.of(ROOT), sha1)
                        .openSslDiffers("takes SHA-1 at security level 0, which openssl verify has")
                        .jdkDiffers("leaves SHA-1 to jdk.certpath.disabledAlgorithms, which is about its own roots"));
    }

    private static X509Certificate damaged(X509Certificate certificate) throws GeneralSecurityException {
        byte[] encoded = certificate.getEncoded();
        encoded[encoded.length - 1] ^= 1;
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }
}
