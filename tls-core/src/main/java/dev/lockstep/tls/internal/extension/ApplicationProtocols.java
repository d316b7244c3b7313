package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The protocols that may run inside, ALPN: RFC 7301 3.1.
 *
 * <pre>
 * opaque ProtocolName&lt;1..2^8-1&gt;;
 *
 * struct {
 *     ProtocolName protocol_name_list&lt;2..2^16-1&gt;;   // in the ServerHello exactly one
 * } ProtocolNameList;
 * </pre>
 *
 * <p>Names are arbitrary bytes, shown as strings of ISO 8859-1 so that each of them survives. The list is kept as it
 * was sent: 30,000 names of one byte would be 30,000 strings.
 *
 * @param nameList the body of protocol_name_list, well-formed: names with their length bytes, without the outer length
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record ApplicationProtocols(byte[] nameList) implements Extension {

    /** Makes the list of these names, each 1 to 255 characters of ISO 8859-1. */
    public ApplicationProtocols(List<String> protocols) {
        this(encode(protocols));
    }

    /** Reads the ClientHello form. */
    public static ApplicationProtocols parse(WireReader body) {
        byte[] nameList = body.opaque16(2, 0xffff, "protocol_name_list");
        body.requireEnd("application_layer_protocol_negotiation");
        WireReader names = WireReader.of(nameList);
        while (!names.isEmpty()) {
            // RFC 7301 3.1-1, 3.1-2: "Empty strings MUST NOT be included and byte strings MUST NOT be truncated."
            names.skipVector8(1, 0xff, "ProtocolName");
        }
        return new ApplicationProtocols(nameList);
    }

    /** Reads the ServerHello form. */
    public static ApplicationProtocols parseServerHello(WireReader body) {
        ApplicationProtocols one = parse(body);
        // RFC 7301 3.1-3: "the "ProtocolNameList" MUST contain exactly one "ProtocolName"."
        if ((one.nameList[0] & 0xff) != one.nameList.length - 1) {
            throw FatalAlert.illegalParameter("application_layer_protocol_negotiation: not exactly one name");
        }
        return one;
    }

    /** Returns the names in the order in which they were sent. */
    public List<String> protocols() {
        List<String> protocols = new ArrayList<>();
        WireReader names = WireReader.of(nameList);
        while (!names.isEmpty()) {
            protocols.add(new String(names.opaque8(1, 0xff, "ProtocolName"), StandardCharsets.ISO_8859_1));
        }
        return List.copyOf(protocols);
    }

    /** Tells whether the list has this name, byte for byte. */
    public boolean contains(String protocol) {
        byte[] wanted = protocol.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < nameList.length; at += 1 + (nameList[at] & 0xff)) {
            int end = at + 1 + (nameList[at] & 0xff);
            if (Arrays.equals(nameList, at + 1, end, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the extension with those of these names that it has, which may be none. */
    ApplicationProtocols among(List<String> served) {
        return new ApplicationProtocols(served.stream().filter(this::contains).toList());
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque16(nameList);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApplicationProtocols that && Arrays.equals(nameList, that.nameList);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nameList);
    }

    @Override
    public String toString() {
        return "ApplicationProtocols" + protocols();
    }

    private static byte[] encode(List<String> protocols) {
        WireWriter out = new WireWriter();
        for (String protocol : protocols) {
            out.opaque8(protocol.getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toByteArray();
    }
}
