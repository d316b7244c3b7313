package dev.lockstep.testkit.client;

import static dev.lockstep.testkit.client.ServerFlightReader.require;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final byte[] clientRandom = new byte[32];

    private final ServerFlight server;
    private final ClientKeys keys;
    private boolean finished;
    private boolean resumed;
    private boolean wasFinished;
    private byte[] clientVerifyData = {};
    private byte[] serverVerifyData = {};

    /** A client that has sent nothing yet. */
    public ScriptedClient(ClientOptions options) {
        this.options = options;
        this.random = new SeededRandom(options.seed);
        random.nextBytes(clientRandom);
        this.server = new ServerFlight(options, clientRandom);
        this.keys = new ClientKeys(random, clientRandom, server);
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

    /** Tells {@code trace} of every record from now on, in both directions. */
    public ScriptedClient traces(RecordTrace trace) {
        out.trace = trace;
        in.trace(trace);
        return this;
    }

    /** The records queued so far. */
    public List<byte[]> takeRecords() {
        return out.takeAll();
    }

    /** Whether records are queued. */
    public boolean hasRecords() {
        return out.hasAny();
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
        server.reset();
        keys.reset();
        resumed = false;
        finished = false;
    }

    byte[] encodedClientHello() {
        return options.clientHello(clientRandom);
    }

    /** Sends a handshake message and counts it as part of the handshake. */
    void handshake(int type, byte[] body) {
        byte[] message = Bytes.concat(Bytes.u8(type), Bytes.vector(3, body));
        keys.addToTranscript(message);
        out.handshake(message);
    }

    /** The body of an honest ClientKeyExchange; the premaster secret is remembered. */
    byte[] keyExchange() {
        return new KeyExchangeBody(options, server, keys, random).encoded();
    }

    /** What the client takes for the premaster secret, whatever it sent. */
    void assumePremaster(byte[] secret) {
        keys.premaster = secret;
    }

    /** Any block under the server's RSA key. */
    byte[] rawRsa(byte[] block) {
        return KeyExchangeBody.rawRsa((RSAPublicKey) server.serverKey(), block);
    }

    /** What is needed to resume this session on another connection. */
    public ClientSession session() {
        return new ClientSession(
                server.sessionId,
                server.ticket,
                server.ticketLifetimeHint,
                Objects.requireNonNull(server.cipherSuite),
                ClientKeys.known(keys.master, "master secret").clone(),
                server.extendedMasterSecret());
    }

    /** Whether the server has taken up the session that was offered. */
    public boolean isResumed() {
        return resumed;
    }

    /** The server continues without a Certificate, so it must be the session that was offered. */
    private void resumeIfNoKeys() {
        if (keys.master != null) {
            return;
        }
        ClientSession offered = options.session;
        if (offered == null) {
            throw new AssertionError("the server sent an abbreviated handshake that was not asked for");
        }
        require(offered.suite() == server.cipherSuite, "another suite in a resumption");
        require(
                offered.extendedMasterSecret() == server.extendedMasterSecret(),
                "extended_master_secret changed in a resumption");
        require(Arrays.equals(server.sessionId, options.sessionId), "another session id in a resumption");
        require(!server.hasExtension(0), "server_name in the ServerHello of a resumption");
        resumed = true;
        keys.resume(offered.master());
    }

    /** Derives the keys; call with ClientKeyExchange as the last message of the transcript. */
    void deriveKeys() {
        keys.derive();
    }

    /** Everything after this goes out under the new keys, when there are any. */
    void protectWrites() {
        ClientCipher cipher = keys.takeWriteCipher();
        if (cipher != null) {
            out.protectWith(cipher);
        }
    }

    /** The verify_data of the client's Finished at this point. */
    byte[] verifyData() {
        clientVerifyData = keys.verifyData("client finished");
        return clientVerifyData.clone();
    }

    // ---- what it gets

    /** Takes the server's bytes, in any portions. */
    public void receives(byte[] bytes) {
        in.take(bytes);
    }

    /** Whether one of these has come since {@link #takeSeen}. */
    public boolean hasSeen(Seen.Kind... kinds) {
        return seen.stream().anyMatch(each -> List.of(kinds).contains(each.kind()));
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
            case SERVER_HELLO ->
                server.onServerHello(
                        message.body(), wasFinished ? Bytes.concat(clientVerifyData, serverVerifyData) : new byte[0]);
            case CERTIFICATE -> server.onCertificate(message.body());
            case CERTIFICATE_STATUS -> server.onCertificateStatus(message.body());
            case SERVER_KEY_EXCHANGE -> server.onServerKeyExchange(message.body());
            case CERTIFICATE_REQUEST -> server.onCertificateRequest(message.body());
            case SERVER_HELLO_DONE -> require(message.body().length == 4, "a ServerHelloDone with content");
            case NEW_SESSION_TICKET -> {
                resumeIfNoKeys();
                server.onNewSessionTicket(message.body());
            }
            case CHANGE_CIPHER_SPEC -> {
                resumeIfNoKeys();
                ClientCipher cipher = keys.takeReadCipher();
                if (cipher == null) {
                    throw new AssertionError("the server sent an early or second ChangeCipherSpec");
                }
                in.expect(cipher);
                return;
            }
            case FINISHED -> {
                require(in.isProtected(), "Finished in the clear");
                byte[] expected = keys.verifyData("server finished");
                require(
                        Arrays.equals(expected, Bytes.slice(message.body(), 4, message.body().length - 4)),
                        "a wrong Finished");
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
        }
        keys.addToTranscript(message.body());
    }

    // ---- what it knows

    /** The server's CertificateRequest, or null. */
    public @Nullable RequestSeen certificateRequest() {
        return server.certificateRequest;
    }

    /** All messages of the handshake so far, as CertificateVerify signs them. */
    byte[] transcript() {
        return keys.transcript();
    }

    /** The suite of the last ServerHello, or null before there was one. */
    public @Nullable CipherSuite cipherSuite() {
        return server.cipherSuite;
    }

    /** The IANA number of the ECDHE group, 0 for other exchanges. */
    public int group() {
        return server.group;
    }

    /** The prime of the DHE group. */
    public BigInteger prime() {
        return server.dhParams[0];
    }

    /** The psk_identity_hint, null without ServerKeyExchange. */
    public byte @Nullable [] identityHint() {
        return server.identityHint;
    }

    /** The IANA number of the signature scheme, 0 without ServerKeyExchange. */
    public int scheme() {
        return server.scheme;
    }

    /** The server's own certificate, or null when none has come. */
    public @Nullable X509Certificate certificate() {
        return server.certificates().isEmpty() ? null : server.certificates().get(0);
    }

    /** The body of an extension of ServerHello, or null. */
    public byte @Nullable [] serverExtension(int type) {
        return server.extension(type);
    }

    /** The OCSP response that came beside the certificate, or null. */
    public byte @Nullable [] stapledResponse() {
        return server.stapledResponse;
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
    public byte[] exported(String label, byte @Nullable [] context, int length) {
        return keys.exported(label, context, length);
    }

    public byte[] clientRandom() {
        return clientRandom.clone();
    }

    public byte[] serverRandom() {
        return server.serverRandom.clone();
    }

    public byte[] sessionId() {
        return server.sessionId.clone();
    }

    public byte @Nullable [] premasterSecret() {
        return keys.premaster;
    }

    public byte @Nullable [] masterSecret() {
        return keys.master;
    }

    /** What both sides should keep to themselves: premaster and master secret and the keys of both directions. */
    public List<byte[]> secrets() {
        return List.copyOf(keys.secrets());
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

    /** Type, version and length of every record so far. */
    public List<RecordSeen> recordsSeen() {
        return List.copyOf(in.records());
    }
}
