package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client puts into its ClientHello. Mutable, for one test; the defaults are an ordinary modern client. */
public final class ClientOptions {

    /** The identity and the key that a client has unless told otherwise. */
    public static final byte[] PSK_IDENTITY = "gerät".getBytes(StandardCharsets.UTF_8);

    /** The key of {@link #PSK_IDENTITY}. */
    public static final byte[] PSK = Bytes.ascending(32);

    byte[] pskIdentity = PSK_IDENTITY;
    byte[] psk = PSK;
    int version = 0x0303;
    byte[] sessionId = {};
    int[] suites =
            Arrays.stream(CipherSuite.values()).mapToInt(CipherSuite::code).toArray();
    byte[] compressions = {0};
    int[] groups = {29, 23, 24, 25, 30};
    int[] schemes = Arrays.stream(SignatureScheme.values())
            .mapToInt(SignatureScheme::code)
            .toArray();

    @Nullable
    String serverName;

    List<String> protocols = List.of();
    boolean extendedMasterSecret = true;
    boolean encryptThenMac = true;
    boolean renegotiationInfo = true;
    byte[] renegotiatedConnection = {};
    private boolean pointFormats = true;
    boolean extensions = true;
    boolean verifySignature = true;
    long seed = 1;

    @Nullable
    ClientSession session;

    byte @Nullable [] ticket;
    private final List<byte[]> more = new ArrayList<>();

    private ClientOptions() {}

    /** Offers everything the library knows. */
    public static ClientOptions defaults() {
        return new ClientOptions();
    }

    /** Offers one suite, and everything else. */
    public static ClientOptions offering(CipherSuite... suites) {
        return new ClientOptions().suites(suites);
    }

    /** Cipher suites, in this order. */
    public ClientOptions suites(CipherSuite... values) {
        return suiteCodes(Arrays.stream(values).mapToInt(CipherSuite::code).toArray());
    }

    /** Cipher suites by number. */
    public ClientOptions suiteCodes(int... codes) {
        suites = codes;
        return this;
    }

    /** Groups, in this order; none leaves the extension out. */
    public ClientOptions groups(NamedGroup... values) {
        return groupCodes(Arrays.stream(values).mapToInt(NamedGroup::code).toArray());
    }

    /** Groups by number; none leaves the extension out. */
    public ClientOptions groupCodes(int... codes) {
        groups = codes;
        return this;
    }

    /** Signature schemes, in this order; none leaves the extension out. */
    public ClientOptions schemes(SignatureScheme... values) {
        return schemeCodes(Arrays.stream(values).mapToInt(SignatureScheme::code).toArray());
    }

    /** Schemes by number; none leaves the extension out. */
    public ClientOptions schemeCodes(int... codes) {
        schemes = codes;
        return this;
    }

    /** Whom the client says it is, and the key that it takes for the right one. */
    public ClientOptions psk(byte[] identity, byte[] key) {
        pskIdentity = identity;
        psk = key;
        return this;
    }

    /** The client_version, 0x0303 by default. */
    public ClientOptions version(int value) {
        version = value;
        return this;
    }

    /** The session id, empty by default; any length. */
    public ClientOptions sessionId(byte[] value) {
        sessionId = value;
        return this;
    }

    /** Offers a session by its id. */
    public ClientOptions resumingById(ClientSession offered) {
        session = offered;
        sessionId = offered.id();
        return this;
    }

    /** Offers a session by its ticket, with a session id by which to tell whether it was taken up (RFC 5077 section 3.4). */
    public ClientOptions resumingByTicket(ClientSession offered) {
        session = offered;
        sessionId = new byte[] {7, 7, 7, 7};
        ticket = offered.ticket();
        return this;
    }

    /** Presents a ticket, whatever it is. */
    public ClientOptions ticket(byte[] value) {
        ticket = value;
        return this;
    }

    /** Asks for a ticket without having one. */
    public ClientOptions wantingTicket() {
        ticket = new byte[0];
        return this;
    }

    /** The compression methods, the null method alone by default. */
    public ClientOptions compressions(int... values) {
        compressions = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            compressions[i] = (byte) values[i];
        }
        return this;
    }

    /** The host name of the SNI extension; none by default. */
    public ClientOptions serverName(String host) {
        serverName = host;
        return this;
    }

    /** The ALPN names; none, the default, leaves the extension out. */
    public ClientOptions protocols(String... names) {
        protocols = List.of(names);
        return this;
    }

    /** Whether extended_master_secret is offered; true by default. */
    public ClientOptions extendedMasterSecret(boolean offer) {
        extendedMasterSecret = offer;
        return this;
    }

    /** Whether encrypt_then_mac is offered; true by default. */
    public ClientOptions encryptThenMac(boolean offer) {
        encryptThenMac = offer;
        return this;
    }

    /** Whether ec_point_formats is sent; true by default. */
    public ClientOptions pointFormats(boolean offer) {
        pointFormats = offer;
        return this;
    }

    /** Whether renegotiation_info is sent; true by default. */
    public ClientOptions renegotiationInfo(boolean offer) {
        renegotiationInfo = offer;
        return this;
    }

    /** Sends no extension block at all. */
    public ClientOptions withoutExtensions() {
        extensions = false;
        return this;
    }

    /** Takes the ServerKeyExchange's signature on trust: for tests of thousands of clients that look at something else. */
    public ClientOptions withoutVerification() {
        verifySignature = false;
        return this;
    }

    /** Adds an extension as it stands. */
    public ClientOptions extension(int type, byte[] body) {
        more.add(encoded(type, body));
        return this;
    }

    /** Asks for an OCSP response beside the certificate (RFC 6066 section 8). */
    public ClientOptions statusRequest() {
        return extension(5, new byte[] {1, 0, 0, 0, 0});
    }

    /** The client's randomness: random, key shares, premaster secret, IVs. */
    public ClientOptions seed(long value) {
        seed = value;
        return this;
    }

    /** Pads the ClientHello's body to this length (RFC 7685). */
    public ClientOptions paddedTo(int length) {
        return extension(21, new byte[length - clientHello(new byte[32]).length - 4]);
    }

    boolean offersSuite(int code) {
        return Arrays.stream(suites).anyMatch(offered -> offered == code);
    }

    boolean offersExtension(int type) {
        byte[] block = extensionBlock();
        for (int at = 0; at < block.length; at += 4 + Bytes.readNumber(block, at + 2, 2)) {
            if (Bytes.readNumber(block, at, 2) == type) {
                return true;
            }
        }
        return false;
    }

    /** The body of the ClientHello message. */
    byte[] clientHello(byte[] random) {
        return Bytes.concat(
                Bytes.u16(version),
                random,
                Bytes.vector(1, sessionId),
                Bytes.vector(2, Bytes.u16s(suites)),
                Bytes.vector(1, compressions),
                extensions ? Bytes.vector(2, extensionBlock()) : new byte[0]);
    }

    private byte[] extensionBlock() {
        if (!extensions) {
            return new byte[0];
        }
        List<byte[]> all = new ArrayList<>();
        if (serverName != null) {
            byte[] host = serverName.getBytes(StandardCharsets.US_ASCII);
            all.add(encoded(0, Bytes.vector(2, Bytes.concat(Bytes.u8(0), Bytes.vector(2, host)))));
        }
        if (extendedMasterSecret) {
            all.add(encoded(23, new byte[0]));
        }
        if (renegotiationInfo) {
            all.add(encoded(0xff01, Bytes.vector(1, renegotiatedConnection)));
        }
        if (groups.length > 0) {
            all.add(encoded(10, Bytes.vector(2, Bytes.u16s(groups))));
        }
        if (pointFormats) {
            all.add(encoded(11, new byte[] {1, 0}));
        }
        if (encryptThenMac) {
            all.add(encoded(22, new byte[0]));
        }
        if (!protocols.isEmpty()) {
            byte[][] names = protocols.stream()
                    .map(name -> Bytes.vector(1, name.getBytes(StandardCharsets.ISO_8859_1)))
                    .toArray(byte[][]::new);
            all.add(encoded(16, Bytes.vector(2, Bytes.concat(names))));
        }
        if (schemes.length > 0) {
            all.add(encoded(13, Bytes.vector(2, Bytes.u16s(schemes))));
        }
        if (ticket != null) {
            all.add(encoded(35, ticket));
        }
        all.addAll(more);
        return Bytes.concat(all.toArray(byte[][]::new));
    }

    private static byte[] encoded(int type, byte[] body) {
        return Bytes.concat(Bytes.u16(type), Bytes.vector(2, body));
    }
}
