package dev.lockstep.tls.testkit;

import static dev.lockstep.tls.testkit.ServerFlightReader.require;

import dev.lockstep.tls.spec.CipherSuite;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A TLS 1.2 client that does what a test tells it, in whatever order, and checks everything it gets back. It shares
 * no code with the library: its own encodings, key schedule, record protection and key agreement over the JDK's
 * providers.
 *
 * <p>{@link #sends} only queues; the other side of the conversation fetches the records and gives its answer to
 * {@link #receives}.
 */
public final class ScriptedClient {

    private final ClientOptions options;
    private final SecureRandom random;
    private final ClientRecords out = new ClientRecords();
    private final ServerFlightReader in = new ServerFlightReader(this::onSeen);
    private final List<Seen> seen = new ArrayList<>();
    private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final byte[] clientRandom = new byte[32];

    private byte[] serverRandom = {};
    private byte[] sessionId = {};
    private CipherSuite cipherSuite;
    private ClientSuite suite;
    private final Map<Integer, byte[]> serverExtensions = new HashMap<>();
    private final List<X509Certificate> certificates = new ArrayList<>();
    private byte[] stapledResponse;
    private int group;
    private int scheme;
    private byte[] serverPoint;
    private BigInteger[] dhParams;
    private byte[] identityHint;
    private byte[] premaster;
    private byte[] master;
    private ClientCipher readCipher;
    private ClientCipher writeCipher;
    private RequestSeen certificateRequest;
    private boolean finished;
    private boolean resumed;
    private byte[] ticket = {};
    private long ticketLifetimeHint;
    private boolean wasFinished;
    private byte[] clientVerifyData = {};
    private byte[] serverVerifyData = {};
    private final List<byte[]> secrets = new ArrayList<>();

    public ScriptedClient(ClientOptions options) {
        this.options = options;
        this.random = new SeededRandom(options.seed);
        random.nextBytes(clientRandom);
    }

    // ---- what it sends

    /** Queues messages, one record each unless {@link #packHandshakeMessages} was asked for. */
    public ScriptedClient sends(ClientMessage... messages) {
        for (ClientMessage message : messages) {
            message.writeTo(this);
        }
        return this;
    }

    /** From now on consecutive handshake messages share a record. */
    public ScriptedClient packHandshakeMessages() {
        out.packing = true;
        return this;
    }

    /** From now on no handshake record carries more than this many bytes. */
    public ScriptedClient fragmentsOf(int bytes) {
        out.fragmentLength = bytes;
        return this;
    }

    /** The records queued so far. */
    public List<byte[]> takeRecords() {
        return out.takeAll();
    }

    /** Sends a record of application data behind the first fragment of the next handshake message. */
    public void interleaves(String text) {
        out.interleaved = text.getBytes(StandardCharsets.UTF_8);
    }

    /** The version that alerts without protection must have; 3.3 unless this says otherwise. */
    public ScriptedClient wantsPlaintextAlertsOfVersion(int version) {
        in.plaintextAlertVersion(version);
        return this;
    }

    ClientRecords records() {
        return out;
    }

    ClientOptions options() {
        return options;
    }

    SecureRandom random() {
        return random;
    }

    /** Another handshake on the same connection: everything of the one before is forgotten, but for what binds them. */
    public void beginRenegotiation() {
        beginRenegotiation(binding -> {});
    }

    /** The same, but with another binding to the handshake before. */
    public void beginRenegotiation(Consumer<byte[]> change) {
        options.renegotiatedConnection = clientVerifyData.clone();
        change.accept(options.renegotiatedConnection);
        random.nextBytes(clientRandom);
        transcript.reset();
        serverExtensions.clear();
        certificates.clear();
        certificateRequest = null;
        premaster = null;
        master = null;
        identityHint = null;
        group = 0;
        scheme = 0;
        resumed = false;
        finished = false;
    }

    byte[] encodedClientHello() {
        return options.clientHello(clientRandom);
    }

    /** Sends a handshake message and counts it as part of the handshake. */
    void handshake(int type, byte[] body) {
        byte[] message = Bytes.concat(Bytes.u8(type), Bytes.vector(3, body));
        transcript.writeBytes(message);
        out.handshake(message);
    }

    /** The body of an honest ClientKeyExchange; the premaster secret is remembered. */
    byte[] keyExchange() {
        byte[] body = otherKeyExchange();
        if (!suite.isPsk()) {
            return body;
        }
        premaster = ClientPsk.premaster(premaster, options.psk);
        return Bytes.concat(Bytes.vector(2, options.pskIdentity), body);
    }

    /** What stands behind the identity when there is one; the premaster secret is that of the exchange alone. */
    byte[] otherKeyExchange() {
        if (suite.exchange().equals("PSK")) {
            premaster = new byte[options.psk.length];
            return new byte[0];
        }
        if (suite.isEcdhe()) {
            ClientKeyShare share = ClientKeyShare.ecdhe(group, serverPoint, random);
            premaster = share.premaster();
            return Bytes.vector(1, share.publicValue());
        }
        if (suite.isRsaExchange()) {
            premaster = new byte[48];
            random.nextBytes(premaster);
            premaster[0] = (byte) (options.version >> 8);
            premaster[1] = (byte) options.version;
            return Bytes.vector(2, rawRsa(RsaBlocks.padded(premaster, modulusLength(), random)));
        }
        ClientKeyShare share = ClientKeyShare.dhe(dhParams[0], dhParams[1], dhParams[2], random);
        premaster = share.premaster();
        return Bytes.vector(2, share.publicValue());
    }

    /** What the client takes for the premaster secret, whatever it sent. */
    void assumePremaster(byte[] secret) {
        premaster = secret;
    }

    int modulusLength() {
        return (rsaKey().getModulus().bitLength() + 7) / 8;
    }

    byte[] rawRsa(byte[] block) {
        RSAPublicKey key = rsaKey();
        BigInteger value = new BigInteger(1, block).modPow(key.getPublicExponent(), key.getModulus());
        return Bytes.unsigned(value, modulusLength());
    }

    private RSAPublicKey rsaKey() {
        return (RSAPublicKey) serverKey();
    }

    /** What is needed to resume this session on another connection. */
    public ClientSession session() {
        return new ClientSession(
                sessionId, ticket, ticketLifetimeHint, cipherSuite, master.clone(), serverExtensions.containsKey(23));
    }

    /** Whether the server has taken up the session that was offered. */
    public boolean isResumed() {
        return resumed;
    }

    /** The server goes on without a Certificate, so it must be the session that was offered. */
    private void resume() {
        ClientSession offered = options.session;
        require(offered != null, "an abbreviated handshake that nobody asked for");
        require(offered.suite() == cipherSuite, "another suite in a resumption");
        require(
                offered.extendedMasterSecret() == serverExtensions.containsKey(23),
                "extended_master_secret changed in a resumption");
        require(Arrays.equals(sessionId, options.sessionId), "another session id in a resumption");
        require(!serverExtensions.containsKey(0), "server_name in the ServerHello of a resumption");
        resumed = true;
        master = offered.master();
        expandKeys();
    }

    private void onNewSessionTicket(byte[] message) {
        require(serverExtensions.containsKey(35), "a ticket that ServerHello has not announced");
        ticketLifetimeHint = Bytes.readNumber(message, 4, 4) & 0xffffffffL;
        int length = Bytes.readNumber(message, 8, 2);
        require(message.length == 10 + length, "a NewSessionTicket of a wrong length");
        ticket = Bytes.slice(message, 10, length);
    }

    /** Derives the keys; call with ClientKeyExchange as the last message of the transcript. */
    void deriveKeys() {
        boolean extended = serverExtensions.containsKey(23);
        master = extended
                ? ClientPrf.prf(suite.prfHash(), premaster, "extended master secret", transcriptHash(), 48)
                : ClientPrf.prf(
                        suite.prfHash(), premaster, "master secret", Bytes.concat(clientRandom, serverRandom), 48);
        expandKeys();
    }

    private void expandKeys() {
        int macLength = suite.macLength();
        int keyLength = suite.keyLength();
        int ivLength = suite.fixedIvLength();
        byte[] block = ClientPrf.prf(
                suite.prfHash(),
                master,
                "key expansion",
                Bytes.concat(serverRandom, clientRandom),
                2 * (macLength + keyLength + ivLength));
        boolean etm = serverExtensions.containsKey(22);
        int keys = 2 * macLength;
        int ivs = keys + 2 * keyLength;
        writeCipher = new ClientCipher(
                suite,
                Bytes.slice(block, 0, macLength),
                Bytes.slice(block, keys, keyLength),
                Bytes.slice(block, ivs, ivLength),
                etm,
                random);
        readCipher = new ClientCipher(
                suite,
                Bytes.slice(block, macLength, macLength),
                Bytes.slice(block, keys + keyLength, keyLength),
                Bytes.slice(block, ivs + ivLength, ivLength),
                etm,
                random);
        remember();
    }

    private void remember() {
        if (premaster != null) {
            secrets.add(premaster);
        }
        secrets.add(master);
        secrets.addAll(writeCipher.keys());
        secrets.addAll(readCipher.keys());
    }

    /** Everything after this goes out under the new keys, when there are any. */
    void protectWrites() {
        if (writeCipher != null) {
            out.protectWith(writeCipher);
            writeCipher = null;
        }
    }

    /** The verify_data of the client's Finished at this point. */
    byte[] verifyData() {
        clientVerifyData = ClientPrf.prf(suite.prfHash(), master, "client finished", transcriptHash(), 12);
        return clientVerifyData.clone();
    }

    // ---- what it gets

    /** Takes the server's bytes, in any portions. */
    public void receives(byte[] bytes) {
        in.take(bytes);
    }

    /** What has come since the last call, in order. */
    public List<Seen> takeSeen() {
        List<Seen> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    /** Whether the server's bytes end with a whole record and a whole message. */
    public boolean hasWholeMessagesOnly() {
        return in.isComplete();
    }

    private void onSeen(Seen message) {
        seen.add(message);
        switch (message.kind()) {
            case SERVER_HELLO -> onServerHello(message.body());
            case CERTIFICATE -> onCertificate(message.body());
            case CERTIFICATE_STATUS -> onCertificateStatus(message.body());
            case SERVER_KEY_EXCHANGE -> onServerKeyExchange(message.body());
            case CERTIFICATE_REQUEST -> {
                require(certificateRequest == null, "a second CertificateRequest");
                certificateRequest = RequestSeen.of(message.body());
            }
            case SERVER_HELLO_DONE -> require(message.body().length == 4, "a ServerHelloDone with content");
            case NEW_SESSION_TICKET -> {
                if (master == null) {
                    resume();
                }
                onNewSessionTicket(message.body());
            }
            case CHANGE_CIPHER_SPEC -> {
                if (master == null) {
                    resume();
                }
                require(readCipher != null, "an early or second ChangeCipherSpec");
                in.expect(readCipher);
                readCipher = null;
                return;
            }
            case FINISHED -> {
                require(in.isProtected(), "Finished in the clear");
                byte[] expected = ClientPrf.prf(suite.prfHash(), master, "server finished", transcriptHash(), 12);
                require(Arrays.equals(expected, tail(message.body(), 4)), "a wrong Finished");
                serverVerifyData = expected;
                finished = true;
                wasFinished = true;
            }
            case HELLO_REQUEST -> {
                require(message.body().length == 4, "a HelloRequest with content");
                return;
            }
            case ALERT -> {
                return;
            }
            case APPLICATION_DATA -> {
                require(wasFinished, "application data before Finished");
                received.writeBytes(message.body());
                return;
            }
            default -> throw new AssertionError("the server sent " + message.kind() + ", which nobody asked for");
        }
        transcript.writeBytes(message.body());
    }

    private void onServerHello(byte[] message) {
        require(Bytes.readNumber(message, 4, 2) == 0x0303, "another version than 1.2");
        serverRandom = Bytes.slice(message, 6, 32);
        int idLength = message[38];
        require(idLength >= 0 && idLength <= 32, "a session id of " + idLength + " bytes");
        sessionId = Bytes.slice(message, 39, idLength);
        int at = 39 + idLength;
        int code = Bytes.readNumber(message, at, 2);
        require(Arrays.stream(options.suites).anyMatch(s -> s == code), "a suite that was not offered");
        cipherSuite = CipherSuite.of(code);
        require(cipherSuite != null, "a signalling suite");
        suite = ClientSuite.of(cipherSuite);
        require(message[at + 2] == 0, "a compression method");
        at += 3;
        if (at == message.length) {
            return;
        }
        require(Bytes.readNumber(message, at, 2) == message.length - at - 2, "extensions of a wrong length");
        for (at += 2; at < message.length; ) {
            int type = Bytes.readNumber(message, at, 2);
            int length = Bytes.readNumber(message, at + 2, 2);
            boolean asked = options.offersExtension(type)
                    || type == 0xff01 && Arrays.stream(options.suites).anyMatch(s -> s == 0x00ff);
            require(asked, "extension " + type + ", which was not offered");
            require(
                    serverExtensions.put(type, Bytes.slice(message, at + 4, length)) == null,
                    "extension " + type + " twice");
            at += 4 + length;
        }
        byte[] binding = serverExtensions.get(0xff01);
        byte[] expected = wasFinished ? Bytes.concat(clientVerifyData, serverVerifyData) : new byte[0];
        require(
                binding == null || Arrays.equals(binding, Bytes.vector(1, expected)),
                "a renegotiation_info of another handshake");
        require(!serverExtensions.containsKey(22) || suite.isCbc(), "encrypt_then_mac with an AEAD suite");
    }

    private void onCertificate(byte[] message) {
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

    private void onCertificateStatus(byte[] message) {
        require(serverExtensions.containsKey(5), "a CertificateStatus without status_request in its ServerHello");
        require(!certificates.isEmpty(), "a CertificateStatus before the certificate");
        require(message[4] == 1, "a status of a type other than ocsp");
        require(Bytes.readNumber(message, 5, 3) == message.length - 8, "an OCSPResponse of a wrong length");
        stapledResponse = tail(message, 8);
    }

    private void onServerKeyExchange(byte[] message) {
        require(suite.isPsk() || !suite.isRsaExchange(), "a ServerKeyExchange for the RSA key exchange");
        int at = 4;
        if (suite.isPsk()) {
            int length = Bytes.readNumber(message, at, 2);
            identityHint = Bytes.slice(message, at + 2, length);
            at += 2 + length;
            if (!suite.isEphemeral()) {
                require(length > 0, "a ServerKeyExchange that says nothing");
                require(at == message.length, "trailing bytes after the hint");
                return;
            }
        }
        if (suite.isEcdhe()) {
            require(message[at] == 3, "a curve type other than named_curve");
            group = Bytes.readNumber(message, at + 1, 2);
            require(
                    options.groups.length == 0 || Arrays.stream(options.groups).anyMatch(g -> g == group),
                    "group " + group + ", not offered");
            int length = message[at + 3] & 0xff;
            serverPoint = Bytes.slice(message, at + 4, length);
            at += 4 + length;
        } else {
            dhParams = new BigInteger[3];
            for (int i = 0; i < 3; i++) {
                int length = Bytes.readNumber(message, at, 2);
                dhParams[i] = new BigInteger(1, Bytes.slice(message, at + 2, length));
                at += 2 + length;
            }
            require(dhParams[0].bitLength() >= 2048, "a small prime");
            require(dhParams[2].signum() > 0 && dhParams[2].compareTo(dhParams[0]) < 0, "Ys out of range");
        }
        if (suite.isPsk()) {
            require(at == message.length, "trailing bytes after the parameters");
            return;
        }
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

    private byte[] transcriptHash() {
        try {
            return MessageDigest.getInstance(suite.prfHash()).digest(transcript.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PublicKey serverKey() {
        return certificates.get(0).getPublicKey();
    }

    private static byte[] tail(byte[] b, int from) {
        return Bytes.slice(b, from, b.length - from);
    }

    // ---- what it knows

    /** The server's CertificateRequest, or null. */
    public RequestSeen certificateRequest() {
        return certificateRequest;
    }

    /** All messages of the handshake so far, as CertificateVerify signs them. */
    byte[] transcript() {
        return transcript.toByteArray();
    }

    public CipherSuite cipherSuite() {
        return cipherSuite;
    }

    /** The IANA number of the ECDHE group, 0 for other exchanges. */
    public int group() {
        return group;
    }

    /** The prime of the DHE group. */
    public BigInteger prime() {
        return dhParams[0];
    }

    /** The psk_identity_hint, null without ServerKeyExchange. */
    public byte[] identityHint() {
        return identityHint;
    }

    /** The IANA number of the signature scheme, 0 without ServerKeyExchange. */
    public int scheme() {
        return scheme;
    }

    public X509Certificate certificate() {
        return certificates.isEmpty() ? null : certificates.get(0);
    }

    /** The body of an extension of ServerHello, or null. */
    public byte[] serverExtension(int type) {
        return serverExtensions.get(type);
    }

    /** The OCSP response that came beside the certificate, or null. */
    public byte[] stapledResponse() {
        return stapledResponse;
    }

    /** Whether the server's Finished came and was right. */
    public boolean isFinished() {
        return finished;
    }

    /** verify_data of the client's last Finished. */
    public byte[] clientVerifyData() {
        return clientVerifyData.clone();
    }

    /** RFC 5705: what this side exports; a null context is none. */
    public byte[] exported(String label, byte[] context, int length) {
        byte[] seed = Bytes.concat(clientRandom, serverRandom);
        return ClientPrf.prf(
                suite.prfHash(),
                master,
                label,
                context == null ? seed : Bytes.concat(seed, Bytes.vector(2, context)),
                length);
    }

    public byte[] clientRandom() {
        return clientRandom.clone();
    }

    public byte[] serverRandom() {
        return serverRandom.clone();
    }

    public byte[] sessionId() {
        return sessionId.clone();
    }

    public byte[] premasterSecret() {
        return premaster;
    }

    public byte[] masterSecret() {
        return master;
    }

    /** What both sides should keep to themselves: premaster and master secret and the keys of both directions. */
    public List<byte[]> secrets() {
        return List.copyOf(secrets);
    }

    /** The application data received since this was last asked. */
    public byte[] takeReceived() {
        byte[] all = received.toByteArray();
        received.reset();
        return all;
    }

    /** How much plaintext each record of the server held so far, protected or not. */
    public List<Integer> recordLengths(boolean areProtected) {
        return in.plaintexts().stream()
                .filter(plaintext -> plaintext.isProtected() == areProtected)
                .map(ServerFlightReader.Plaintext::length)
                .toList();
    }

    List<ServerFlightReader.RecordSeen> recordsSeen() {
        return in.records();
    }
}
