package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The extensions at the end of a hello message, in their order: RFC 5246 7.4.1.2 and 7.4.1.4.
 *
 * <pre>
 * select (extensions_present) {
 *     case false: struct {};
 *     case true:  Extension extensions&lt;0..2^16-1&gt;;
 * };
 * </pre>
 *
 * <p>Extensions unknown here leave their number and, until the hello is let go of, their bytes. Immutable.
 */
public final class ExtensionSet {
    private static final ExtensionSet NONE = new ExtensionSet(false, List.of(), new int[0], new byte[0]);

    private final boolean present;
    private final List<Extension> list;
    private final int[] sortedTypes;
    private final byte[] block;

    /** @param block the extensions as they were received, without the length in front; empty for a set made here */
    private ExtensionSet(boolean present, List<Extension> list, int[] sortedTypes, byte[] block) {
        this.present = present;
        this.list = list;
        this.sortedTypes = sortedTypes;
        this.block = block;
    }

    /** Returns the set of a hello that has no block of extensions. */
    public static ExtensionSet none() {
        return NONE;
    }

    /** Returns a set of extensions of different types; an empty list is {@link #none}. */
    public static ExtensionSet of(List<? extends Extension> extensions) {
        int[] types = new int[extensions.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = extensions.get(i).type().code();
        }
        Arrays.sort(types);
        if (repeats(types)) {
            throw new IllegalArgumentException("an extension twice in " + extensions);
        }
        return types.length == 0 ? NONE : new ExtensionSet(true, List.copyOf(extensions), types, new byte[0]);
    }

    /** Reads what follows compression_methods in a ClientHello, to the end of the message. */
    public static ExtensionSet parseClientHello(WireReader hello) {
        return parse(hello, "ClientHello", ExtensionSet::clientForm);
    }

    /** Reads what follows compression_method in a ServerHello, to the end of the message. */
    public static ExtensionSet parseServerHello(WireReader hello) {
        return parse(hello, "ServerHello", ExtensionSet::serverForm);
    }

    /** Tells whether the hello had a block of extensions, be it empty. */
    public boolean present() {
        return present;
    }

    /** Returns the extension of this kind, or null. */
    public <T extends Extension> @Nullable T find(Class<T> kind) {
        for (Extension extension : list) {
            if (kind.isInstance(extension)) {
                return kind.cast(extension);
            }
        }
        return null;
    }

    /** Tells whether there is an extension of this kind. */
    public boolean has(Class<? extends Extension> kind) {
        return find(kind) != null;
    }

    /** Tells whether an extension with this number was there, known or not. */
    public boolean contains(int typeCode) {
        return Arrays.binarySearch(sortedTypes, typeCode) >= 0;
    }

    /** Returns how many extensions there were, unknown ones included. */
    public int count() {
        return sortedTypes.length;
    }

    /** Returns the extensions that are known here, in their order. */
    public List<Extension> list() {
        return list;
    }

    /**
     * Returns the set of a ClientHello without what no decision of this server depends on: unknown extensions, unknown and
     * repeated members of lists, the contents of a request for OCSP.
     *
     * @param protocols the names of ALPN that can be chosen; null when all that the client sent count
     * @param keepReceived whether {@link #received} is still to be asked
     */
    public ExtensionSet essentials(@Nullable List<String> protocols, boolean keepReceived) {
        List<Extension> reduced = new ArrayList<>(list.size());
        for (Extension extension : list) {
            reduced.add(essentials(extension, protocols));
        }
        int[] types = reduced.stream().mapToInt(e -> e.type().code()).sorted().toArray();
        return new ExtensionSet(present, List.copyOf(reduced), types, keepReceived ? block : new byte[0]);
    }

    private static Extension essentials(Extension extension, @Nullable List<String> protocols) {
        if (extension instanceof SupportedGroups groups) {
            return groups.essentials();
        }
        if (extension instanceof SignatureAlgorithms schemes) {
            return schemes.essentials();
        }
        if (extension instanceof SignatureAlgorithmsCert schemes) {
            return schemes.essentials();
        }
        if (extension instanceof ApplicationProtocols names && protocols != null) {
            return names.among(protocols);
        }
        return extension instanceof StatusRequest ? StatusRequest.ocsp() : extension;
    }

    /** Returns about how many bytes the parts hold whose size a client decides. */
    public int heldBytes() {
        SessionTicket ticket = find(SessionTicket.class);
        ApplicationProtocols names = find(ApplicationProtocols.class);
        return block.length
                + (ticket == null ? 0 : ticket.ticket().length)
                + (names == null ? 0 : names.nameList().length);
    }

    /** Returns the extension_data of every extension that was received, known or not, by number and in their order. */
    public Map<Integer, byte[]> received() {
        Map<Integer, byte[]> received = new LinkedHashMap<>();
        WireReader extensions = WireReader.of(block);
        while (!extensions.isEmpty()) {
            int type = extensions.uint16("extension_type");
            received.put(type, extensions.opaque16(0, 0xffff, "extension_data"));
        }
        return received;
    }

    /** Writes the block with its length, or nothing if there was none. Unknown extensions are not written. */
    public void encode(WireWriter out) {
        if (!present) {
            return;
        }
        int block = out.beginVector16();
        for (Extension extension : list) {
            out.uint16(extension.type().code());
            int body = out.beginVector16();
            extension.encodeBody(out);
            out.endVector(body);
        }
        out.endVector(block);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExtensionSet that
                && present == that.present
                && list.equals(that.list)
                && Arrays.equals(sortedTypes, that.sortedTypes);
    }

    @Override
    public int hashCode() {
        return 31 * list.hashCode() + Arrays.hashCode(sortedTypes);
    }

    @Override
    public String toString() {
        return list.toString();
    }

    private interface BodyParser {
        @Nullable
        Extension parse(ExtensionType type, WireReader body);
    }

    // The shape of everything is judged before the meaning of anything: a block that is cut or padded is a
    // decode_error even where its wreckage would also read as a forbidden value.
    private static ExtensionSet parse(WireReader hello, String helloName, BodyParser bodies) {
        if (hello.isEmpty()) {
            return NONE;
        }
        byte[] block = hello.opaque16(0, 0xffff, "extensions");
        hello.requireEnd(helloName);

        int[] types = types(WireReader.of(block));
        Arrays.sort(types);
        if (repeats(types)) {
            // RFC 5246 7.4.1.4-3: "There MUST NOT be more than one extension of the same type."
            throw FatalAlert.illegalParameter("extensions: one of them twice");
        }

        List<Extension> known = new ArrayList<>();
        WireReader extensions = WireReader.of(block);
        while (!extensions.isEmpty()) {
            ExtensionType type = ExtensionType.of(extensions.uint16("extension_type"));
            if (type == null) {
                // RFC 5746 3.6-5: "TLS servers implementing this specification MUST ignore any unknown extensions
                // offered by the client"; RFC 8701 makes sure that they do.
                extensions.skipVector16(0, 0xffff, "extension_data");
                continue;
            }
            Extension extension = bodies.parse(type, extensions.vector16(0, 0xffff, "extension_data"));
            if (extension != null) {
                known.add(extension);
            }
        }
        return new ExtensionSet(true, List.copyOf(known), types, block);
    }

    private static int[] types(WireReader extensions) {
        int[] types = new int[8];
        int n = 0;
        while (!extensions.isEmpty()) {
            if (n == types.length) {
                types = Arrays.copyOf(types, 2 * n);
            }
            types[n++] = extensions.uint16("extension_type");
            extensions.skipVector16(0, 0xffff, "extension_data");
        }
        return Arrays.copyOf(types, n);
    }

    private static boolean repeats(int[] sorted) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i - 1] == sorted[i]) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Extension clientForm(ExtensionType type, WireReader body) {
        return switch (type) {
            case SERVER_NAME -> withHostName(ServerName.parse(body));
            case MAX_FRAGMENT_LENGTH -> MaxFragmentLength.parse(body);
            case STATUS_REQUEST -> ofKnownType(StatusRequest.parse(body));
            case SUPPORTED_GROUPS -> SupportedGroups.parse(body);
            case EC_POINT_FORMATS -> EcPointFormats.parse(body);
            case SIGNATURE_ALGORITHMS -> SignatureAlgorithms.parse(body);
            case APPLICATION_LAYER_PROTOCOL_NEGOTIATION -> ApplicationProtocols.parse(body);
            case SIGNED_CERTIFICATE_TIMESTAMP -> SignedCertificateTimestamps.parse(body);
            case PADDING -> Padding.parse(body);
            case ENCRYPT_THEN_MAC -> EncryptThenMac.parse(body);
            case EXTENDED_MASTER_SECRET -> ExtendedMasterSecret.parse(body);
            case RECORD_SIZE_LIMIT -> RecordSizeLimit.parse(body);
            case SESSION_TICKET -> SessionTicket.parse(body);
            case SIGNATURE_ALGORITHMS_CERT -> SignatureAlgorithmsCert.parse(body);
            case RENEGOTIATION_INFO -> RenegotiationInfo.parse(body);
        };
    }

    // Names of types that are unknown here say nothing: the client is served as one that names no host.
    private static @Nullable ServerName withHostName(ServerName name) {
        return name.hostName() == null ? null : name;
    }

    // RFC 6066 8 leaves a server free not to answer, and to a request of an unknown type it could not.
    private static @Nullable StatusRequest ofKnownType(StatusRequest request) {
        return request.request() == null ? null : request;
    }

    private static @Nullable Extension serverForm(ExtensionType type, WireReader body) {
        return switch (type) {
            case SERVER_NAME -> ServerName.parseServerHello(body);
            case APPLICATION_LAYER_PROTOCOL_NEGOTIATION -> ApplicationProtocols.parseServerHello(body);
            case STATUS_REQUEST -> StatusRequest.parseServerHello(body);
            case SIGNED_CERTIFICATE_TIMESTAMP -> SignedCertificateTimestamps.parseServerHello(body);
            case SESSION_TICKET -> SessionTicket.parseServerHello(body);
            default -> clientForm(type, body);
        };
    }
}
