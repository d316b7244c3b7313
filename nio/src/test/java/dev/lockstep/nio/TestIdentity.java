package dev.lockstep.nio;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate for localhost, and clients of the JDK that trust it. */
final class TestIdentity {

    private static final KeyPair KEYS;
    private static final X509Certificate CERTIFICATE;
    private static final SSLContext TRUSTING;

    static {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KEYS = generator.generateKeyPair();
            CERTIFICATE = selfSigned();
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("server", CERTIFICATE);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            TRUSTING = SSLContext.getInstance("TLS");
            TRUSTING.init(null, trust.getTrustManagers(), null);
        } catch (Exception e) { // boundary: a static initialiser cannot throw checked exceptions
            throw new IllegalStateException(e);
        }
    }

    private TestIdentity() {}

    private static X509Certificate selfSigned() throws Exception {
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                name,
                KEYS.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate())));
    }

    static HeldKey heldKey() {
        return new HeldKey(KEYS.getPrivate());
    }

    static List<X509Certificate> chain() {
        return List.of(CERTIFICATE);
    }

    static SSLContext trusting() {
        return TRUSTING;
    }

    /** A TLS client that has not begun its handshake. */
    static SSLSocket client(int port) throws IOException {
        SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true); // the JDK's client sends its flight in pieces, which would wait for each other
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }
}
