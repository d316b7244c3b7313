package dev.lockstep.testkit.client;

import static dev.lockstep.testkit.client.ServerFlightReader.require;

import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server's handshake messages say, taken apart and checked against what the client has offered. */
final class ServerFlight {

    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int ENCRYPT_THEN_MAC = 22;

    private final ClientOptions options;
    private final byte[] clientRandom;
    private final Map<Integer, byte[]> extensions = new HashMap<>();
    private final List<X509Certificate> certificates = new ArrayList<>();

    byte[] serverRandom = {};
    byte[] sessionId = {};

    @Nullable
    CipherSuite cipherSuite;

    private @Nullable ClientSuite suite;
    byte @Nullable [] stapledResponse;
    int group;
    int scheme;
    byte[] serverPoint = {};
    BigInteger[] dhParams = {};
    byte @Nullable [] identityHint;

    @Nullable
    RequestSeen certificateRequest;

    byte[] ticket = {};
    long ticketLifetimeHint;

    ServerFlight(ClientOptions options, byte[] clientRandom) {
        this.options = options;
        this.clientRandom = clientRandom;
    }

    /** Another handshake begins. */
    void reset() {
        extensions.clear();
        certificates.clear();
        certificateRequest = null;
        identityHint = null;
        group = 0;
        scheme = 0;
    }

    /** The negotiated suite. */
    ClientSuite suite() {
        if (suite == null) {
            throw new AssertionError("no ServerHello has come");
        }
        return suite;
    }

    boolean hasExtension(int type) {
        return extensions.containsKey(type);
    }

    byte @Nullable [] extension(int type) {
        return extensions.get(type);
    }

    boolean extendedMasterSecret() {
        return hasExtension(EXTENDED_MASTER_SECRET);
    }

    boolean encryptThenMac() {
        return hasExtension(ENCRYPT_THEN_MAC);
    }

    List<X509Certificate> certificates() {
        return certificates;
    }

    /** The key in the server's certificate. */
    PublicKey serverKey() {
        return certificates.get(0).getPublicKey();
    }

    /**
     * Takes a ServerHello.
     *
     * @param binding what renegotiation_info has to hold
     */
    void onServerHello(byte[] message, byte[] binding) {
        require(Bytes.readNumber(message, 4, 2) == 0x0303, "another version than 1.2");
        serverRandom = Bytes.slice(message, 6, 32);
        int idLength = message[38];
        require(idLength >= 0 && idLength <= 32, "a session id of " + idLength + " bytes");
        sessionId = Bytes.slice(message, 39, idLength);
        int at = 39 + idLength;
        int code = Bytes.readNumber(message, at, 2);
        require(options.offersSuite(code), "a suite that was not offered");
        CipherSuite chosen = CipherSuite.of(code);
        if (chosen == null) {
            throw new AssertionError("the server sent a signalling suite");
        }
        cipherSuite = chosen;
        suite = ClientSuite.of(chosen);
        require(message[at + 2] == 0, "a compression method");
        at += 3;
        if (at == message.length) {
            return;
        }
        require(Bytes.readNumber(message, at, 2) == message.length - at - 2, "extensions of a wrong length");
        for (at += 2; at < message.length; ) {
            int type = Bytes.readNumber(message, at, 2);
            int length = Bytes.readNumber(message, at + 2, 2);
            boolean asked = options.offersExtension(type) || (type == 0xff01 && options.offersSuite(0x00ff));
            require(asked, "extension " + type + ", which was not offered");
            require(extensions.put(type, Bytes.slice(message, at + 4, length)) == null, "extension " + type + " twice");
            at += 4 + length;
        }
        byte[] info = extensions.get(0xff01);
        require(
                info == null || Arrays.equals(info, Bytes.vector(1, binding)),
                "a renegotiation_info of another handshake");
        require(!encryptThenMac() || suite().isCbc(), "encrypt_then_mac with an AEAD suite");
    }

    void onCertificate(byte[] message) {
        require(Bytes.readNumber(message, 4, 3) == message.length - 7, "a certificate_list of a wrong length");
        try {
            for (int at = 7; at < message.length; ) {
                int length = Bytes.readNumber(message, at, 3);
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(message, at + 3, length)));
                at += 3 + length;
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the server's certificates do not parse", e);
        }
    }

    void onCertificateStatus(byte[] message) {
        require(hasExtension(5), "a CertificateStatus without status_request in its ServerHello");
        require(!certificates.isEmpty(), "a CertificateStatus before the certificate");
        require(message[4] == 1, "a status of a type other than ocsp");
        require(Bytes.readNumber(message, 5, 3) == message.length - 8, "an OCSPResponse of a wrong length");
        stapledResponse = Bytes.slice(message, 8, message.length - 8);
    }

    void onCertificateRequest(byte[] message) {
        require(certificateRequest == null, "a second CertificateRequest");
        certificateRequest = RequestSeen.of(message);
    }

    void onNewSessionTicket(byte[] message) {
        require(hasExtension(35), "a ticket that ServerHello has not announced");
        ticketLifetimeHint = Bytes.readNumber(message, 4, 4) & 0xffffffffL;
        int length = Bytes.readNumber(message, 8, 2);
        require(message.length == 10 + length, "a NewSessionTicket of a wrong length");
        ticket = Bytes.slice(message, 10, length);
    }

    void onServerKeyExchange(byte[] message) {
        require(suite().isPsk() || !suite().isRsaExchange(), "a ServerKeyExchange for the RSA key exchange");
        int at = 4;
        if (suite().isPsk()) {
            int length = Bytes.readNumber(message, at, 2);
            identityHint = Bytes.slice(message, at + 2, length);
            at += 2 + length;
            if (!suite().isEphemeral()) {
                require(length > 0, "a ServerKeyExchange that says nothing");
                require(at == message.length, "trailing bytes after the hint");
                return;
            }
        }
        at = suite().isEcdhe() ? takePoint(message, at) : takeDhParams(message, at);
        if (suite().isPsk()) {
            require(at == message.length, "trailing bytes after the parameters");
        } else {
            takeSignature(message, at);
        }
    }

    private int takePoint(byte[] message, int at) {
        require(message[at] == 3, "a curve type other than named_curve");
        group = Bytes.readNumber(message, at + 1, 2);
        require(
                options.groups.length == 0 || Arrays.stream(options.groups).anyMatch(g -> g == group),
                "group " + group + ", not offered");
        int length = message[at + 3] & 0xff;
        serverPoint = Bytes.slice(message, at + 4, length);
        return at + 4 + length;
    }

    private int takeDhParams(byte[] message, int start) {
        int at = start;
        dhParams = new BigInteger[3];
        for (int i = 0; i < 3; i++) {
            int length = Bytes.readNumber(message, at, 2);
            dhParams[i] = new BigInteger(1, Bytes.slice(message, at + 2, length));
            at += 2 + length;
        }
        require(dhParams[0].bitLength() >= 2048, "a small prime");
        require(dhParams[2].signum() > 0 && dhParams[2].compareTo(dhParams[0]) < 0, "Ys out of range");
        return at;
    }

    private void takeSignature(byte[] message, int at) {
        byte[] params = Bytes.slice(message, 4, at - 4);
        scheme = Bytes.readNumber(message, at, 2);
        int length = Bytes.readNumber(message, at + 2, 2);
        require(message.length == at + 4 + length, "trailing bytes after the signature");
        byte[] signature = Bytes.slice(message, at + 4, length);
        require(
                options.schemes.length == 0 || Arrays.stream(options.schemes).anyMatch(s -> s == scheme),
                "scheme " + Integer.toHexString(scheme) + ", not offered");
        require(SchemeSignatures.fits(scheme, serverKey().getAlgorithm()), "a scheme that is not for its key");
        byte[] signed = Bytes.concat(clientRandom, serverRandom, params);
        require(
                !options.verifySignature || SchemeSignatures.verify(scheme, serverKey(), signed, signature),
                "a signature that does not verify");
    }
}
