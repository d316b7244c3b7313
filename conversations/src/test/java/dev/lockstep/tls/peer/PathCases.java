package dev.lockstep.tls.peer;

import static dev.lockstep.tls.peer.Certs.authority;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.PathCase.accepts;
import static dev.lockstep.tls.peer.PathCase.refuses;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Ways to an anchor: their order, pinned clients, several keys of one name, cross-signing. */
final class PathCases {

    static final String DATES_OF_ANCHORS = "checks the dates of anchors, which RFC 5280 6.1.1 (d) leaves open";
    static final String ANCHOR_CONTENT = "looks at the name and key of an anchor only (RFC 5280 6.1.1)";
    static final String PINNED_UNCHECKED = "accepts a client that is an anchor without any further check";
    static final String NO_BACKTRACKING = "builds one path and does not try another when it is not valid";

    static final X509Certificate ROOT = authority("Root", "root").sign();
    static final X509Certificate MIDDLE =
            below("Middle", "middle", "Root", "root").sign();
    static final X509Certificate LEAF = client("leaf", "Root", "root").sign();
    static final X509Certificate LOW = client("low", "Middle", "middle").sign();

    private PathCases() {}

    static Certs below(String subject, String key, String issuer, String issuerKey) {
        return authority(subject, key).by(issuer, issuerKey).issuerKeyIdentified(issuerKey);
    }

    static Stream<PathCase> all() {
        return Stream.of(order(), pinned(), rollover(), crossSigning()).flatMap(List::stream);
    }

    private static List<PathCase> order() {
        X509Certificate lower = below("Lower", "lower", "Middle", "middle").sign();
        X509Certificate end = client("end", "Lower", "lower").sign();
        X509Certificate stranger = authority("Stranger", "stranger").sign();
        return List.of(
                accepts("below the root", List.of(ROOT), LEAF),
                accepts("one intermediate", List.of(ROOT), LOW, MIDDLE),
                accepts("two intermediates", List.of(ROOT), end, lower, MIDDLE),
                accepts("intermediates in the wrong order", List.of(ROOT), end, MIDDLE, lower),
                accepts("the root sent too", List.of(ROOT), LOW, MIDDLE, ROOT),
                accepts("strangers between", List.of(ROOT), LOW, stranger, LEAF, MIDDLE),
                accepts("an intermediate as the anchor", List.of(MIDDLE), LOW),
                accepts("an intermediate as the anchor, and sent", List.of(MIDDLE), LOW, MIDDLE, ROOT),
                refuses("an intermediate missing", List.of(ROOT), LOW),
                refuses(
                        "another authority",
                        List.of(ROOT),
                        client("x", "Stranger", "stranger").sign(),
                        stranger),
                refuses(
                        "an unknown self-signed client",
                        List.of(ROOT),
                        self("alone", "alone").sign()));
    }

    private static Certs self(String name, String key) {
        return Certs.of(name, key)
                .extra(Extension.basicConstraints, true, new BasicConstraints(false))
                .usage(KeyUsage.digitalSignature)
                .purposes(KeyPurposeId.id_kp_clientAuth);
    }

    private static List<PathCase> pinned() {
        String key = "client partner"; // the key of client("partner", ...)
        X509Certificate partner = client("partner", "Root", "root").sign();
        X509Certificate bare = Certs.of("bare", "bare").by("Root", "root").sign();
        X509Certificate alone = self("alone", "alone").sign();
        X509Certificate signsButNoCa = Certs.of("odd", "odd")
                .by("Root", "root")
                .usage(KeyUsage.keyCertSign)
                .sign();
        X509Certificate caOnly = below("CaOnly", "caonly", "Root", "root")
                .usage(KeyUsage.digitalSignature)
                .sign();
        X509Certificate caAndClient = authority("Both", "both")
                .usage(KeyUsage.keyCertSign | KeyUsage.digitalSignature)
                .sign();
        X509Certificate versionOne = Certs.of("V1", "v1").versionOne().sign();
        X509Certificate versionOneBelow =
                Certs.of("V1b", "v1b").by("Root", "root").versionOne().sign();
        return List.of(
                accepts("a pinned client", List.of(partner), partner),
                accepts("a pinned client with its chain", List.of(partner), partner, ROOT),
                accepts("a pinned client beside its root", List.of(partner, ROOT), partner),
                accepts("a pinned client without extensions", List.of(bare), bare),
                accepts("a pinned self-signed client", List.of(alone), alone),
                accepts("a pinned authority as a client", List.of(caAndClient), caAndClient),
                accepts(
                        "a client of a pinned authority",
                        List.of(caAndClient),
                        client("c", "Both", "both").sign()),
                refuses(
                        "what a pinned client signs",
                        List.of(partner),
                        client("admin", "partner", key).sign()),
                refuses(
                        "what a pinned client signs, with it",
                        List.of(partner),
                        client("admin", "partner", key).sign(),
                        partner),
                refuses(
                        "what a pinned client signs, beside its root",
                        List.of(partner, ROOT),
                        client("admin", "partner", key).sign(),
                        partner),
                refuses(
                        "what a pinned self-signed client signs",
                        List.of(alone),
                        client("admin", "alone", "alone").sign()),
                refuses(
                        "what a pinned client without extensions signs",
                        List.of(bare),
                        client("admin", "bare", "bare").sign()),
                refuses(
                        "what an authority below a pinned client signs",
                        List.of(partner),
                        client("c", "Sub", "sub").sign(),
                        below("Sub", "sub", "partner", key).sign()),
                refuses(
                        "a CA that may not sign certificates",
                        List.of(caOnly),
                        client("c", "CaOnly", "caonly").sign()),
                refuses(
                                "keyCertSign without basicConstraints",
                                List.of(signsButNoCa),
                                client("c", "odd", "odd").sign())
                        .openSslDiffers("takes keyCertSign alone for a CA unless -x509_strict is given"),
                accepts(
                        "a root of version 1",
                        List.of(versionOne),
                        client("c", "V1", "v1")
                                .without(Extension.authorityKeyIdentifier)
                                .sign()),
                refuses(
                                "an anchor of version 1 that is no root",
                                List.of(versionOneBelow),
                                client("c", "V1b", "v1b")
                                        .without(Extension.authorityKeyIdentifier)
                                        .sign())
                        .jdkDiffers("takes every anchor of version 1 for a CA"),
                refuses(
                        "another certificate for the key of a pinned client",
                        List.of(partner),
                        client("partner", "Root", "root").sign()),
                refuses("a pinned certificate for servers", List.of(server()), server())
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("a pinned CA that may not sign data", List.of(ROOT), ROOT)
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("a pinned client that expired", List.of(expiredPin()), expiredPin())
                        .jdkDiffers(PINNED_UNCHECKED),
                refuses("a pinned client of tomorrow", List.of(earlyPin()), earlyPin())
                        .jdkDiffers(PINNED_UNCHECKED));
    }

    static final X509Certificate SERVER = client("server", "Root", "root")
            .purposes(KeyPurposeId.id_kp_serverAuth)
            .sign();
    private static final X509Certificate EXPIRED_PIN =
            client("expired", "Root", "root").expired().sign();
    private static final X509Certificate EARLY_PIN =
            client("early", "Root", "root").early().sign();

    private static X509Certificate server() {
        return SERVER;
    }

    private static X509Certificate expiredPin() {
        return EXPIRED_PIN;
    }

    private static X509Certificate earlyPin() {
        return EARLY_PIN;
    }

    private static List<PathCase> rollover() {
        X509Certificate newRoot = authority("Root", "root 2").sign();
        X509Certificate newLeaf = client("leaf", "Root", "root 2").sign();
        X509Certificate bareOld = authority("Bare", "bare 1")
                .without(Extension.subjectKeyIdentifier)
                .sign();
        X509Certificate bareNew = authority("Bare", "bare 2")
                .without(Extension.subjectKeyIdentifier)
                .sign();
        X509Certificate oldIssuing =
                below("Issuing", "issuing 1", "Root", "root").sign();
        X509Certificate newIssuing =
                below("Issuing", "issuing 2", "Root", "root").sign();
        X509Certificate expiredIssuing =
                below("Issuing", "issuing 2", "Root", "root").expired().sign();
        X509Certificate device = client("device", "Issuing", "issuing 2").sign();
        X509Certificate misnamed = client("misnamed", "Issuing", "issuing 2")
                .issuerKeyIdentified("issuing 1")
                .sign();
        X509Certificate newWithOld = below("Root", "root 2", "Root", "root").sign();
        X509Certificate expiredRoot = authority("Root", "root").expired().sign();
        List<X509Certificate> namesakes = new ArrayList<>(List.of(device));
        for (int i = 0; i < 8; i++) {
            namesakes.add(below("Issuing", "namesake " + i, "Root", "root").sign());
        }
        namesakes.add(newIssuing);
        return List.of(
                accepts("two roots of one name, the old one's client", List.of(ROOT, newRoot), LEAF),
                accepts("two roots of one name, the new one's client", List.of(ROOT, newRoot), newLeaf),
                accepts("the same, given the other way round", List.of(newRoot, ROOT), newLeaf),
                refuses("the new root's client and the old root alone", List.of(ROOT), newLeaf),
                accepts("without key identifiers, old", List.of(bareOld, bareNew), plain("c", "Bare", "bare 1")),
                accepts("without key identifiers, new", List.of(bareOld, bareNew), plain("c", "Bare", "bare 2"))
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("the old issuing authority as an anchor", List.of(oldIssuing, ROOT), device, newIssuing),
                accepts("both issuing authorities sent", List.of(ROOT), device, oldIssuing, newIssuing),
                accepts("both sent, the other way round", List.of(ROOT), device, newIssuing, oldIssuing),
                accepts("expired and renewed, both sent", List.of(ROOT), device, expiredIssuing, newIssuing),
                accepts("renewed and expired, both sent", List.of(ROOT), device, newIssuing, expiredIssuing),
                accepts("expired and renewed anchors", List.of(expiredIssuing, newIssuing), device),
                accepts("expired anchor, the renewed one sent", List.of(ROOT, expiredIssuing), device, newIssuing)
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("an expired root beside its renewal", List.of(expiredRoot, ROOT), LEAF),
                accepts("an identifier that names the other key", List.of(ROOT), misnamed, newIssuing)
                        .openSslDiffers(
                                "skips issuers whose key identifier differs; RFC 5280 has it for path building"),
                accepts("a new key certified by the old one", List.of(ROOT), newLeaf, newWithOld),
                accepts(
                        "eight namesakes before the right one",
                        List.of(ROOT),
                        namesakes.toArray(X509Certificate[]::new)));
    }

    private static X509Certificate plain(String name, String issuer, String key) {
        return client(name, issuer, key)
                .without(Extension.authorityKeyIdentifier)
                .sign();
    }

    private static List<PathCase> crossSigning() {
        X509Certificate other = authority("Other", "other").sign();
        X509Certificate rootByOther = below("Root", "root", "Other", "other").sign();
        X509Certificate expiredCross =
                below("Root", "root", "Other", "other").expired().sign();
        X509Certificate middleByOther =
                below("Middle", "middle", "Other", "other").sign();
        X509Certificate narrow = below("Middle", "middle", "Root", "root")
                .permitting(GeneralName.directoryName, "O=Us")
                .sign();
        X509Certificate noSignature = below("Middle", "middle", "Root", "root")
                .usage(KeyUsage.cRLSign)
                .sign();
        X509Certificate aByB = below("A", "a", "B", "b").sign();
        X509Certificate bByA = below("B", "b", "A", "a").sign();
        X509Certificate ofA = client("c", "A", "a").sign();
        X509Certificate bByRoot = below("B", "b", "Root", "root").sign();
        return List.of(
                accepts("cross-signed, the old root trusted", List.of(other), LOW, MIDDLE, rootByOther),
                accepts("cross-signed, the new root trusted", List.of(ROOT), LOW, MIDDLE, rootByOther),
                accepts("cross-signed, both trusted", List.of(other, ROOT), LOW, MIDDLE, rootByOther),
                accepts(
                        "an expired cross certificate beside the root",
                        List.of(other, ROOT),
                        LOW,
                        MIDDLE,
                        expiredCross),
                refuses("an expired cross certificate alone", List.of(other), LOW, MIDDLE, expiredCross),
                accepts("an intermediate of two roots", List.of(ROOT), LOW, middleByOther, MIDDLE)
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("the same with the other root", List.of(other), LOW, MIDDLE, middleByOther)
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("of two certificates one with names that exclude", List.of(ROOT), LOW, narrow, MIDDLE)
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("of two certificates one that may not sign", List.of(ROOT), LOW, noSignature, MIDDLE)
                        .openSslDiffers(NO_BACKTRACKING),
                accepts("two ways to two anchors, one excluded", List.of(ROOT, other), LOW, narrow, middleByOther)
                        .openSslDiffers(NO_BACKTRACKING),
                refuses("a circle", List.of(ROOT), ofA, aByB, bByA),
                accepts("a circle with a way out", List.of(ROOT), ofA, aByB, bByA, bByRoot)
                        .openSslDiffers(NO_BACKTRACKING));
    }

    /** A long way, for tests of limits: {@code length} certificates without the root. */
    static List<X509Certificate> chain(int length) {
        List<X509Certificate> chain = new ArrayList<>();
        String issuer = "Root";
        String key = "root";
        for (int i = 1; i < length; i++) {
            chain.add(below("Level " + i, "level " + i, issuer, key).sign());
            issuer = "Level " + i;
            key = "level " + i;
        }
        chain.add(client("deep", issuer, key).sign());
        Collections.reverse(chain);
        return chain;
    }
}
