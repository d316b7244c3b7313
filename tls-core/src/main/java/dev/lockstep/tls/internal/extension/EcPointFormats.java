package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.EcPointFormat;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.Arrays;

/**
 * How points may be written, RFC 8422 5.1.2: a list that today says nothing but "uncompressed".
 *
 * <pre>
 * struct {
 *     ECPointFormat ec_point_format_list&lt;1..2^8-1&gt;;   // uint8 each
 * } ECPointFormatList;
 * </pre>
 *
 * @param formats the numbers as they were sent
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record EcPointFormats(int[] formats) implements Extension {

    /** Returns the list with the one format that RFC 8422 leaves; RFC 8422 5.1-1, 5.2-1: it is never missing. */
    public static EcPointFormats uncompressedOnly() {
        return new EcPointFormats(new int[] {EcPointFormat.UNCOMPRESSED.code()});
    }

    /** Reads the body. Whether {@code uncompressed} is in it matters only beside curves: ClientHello judges that. */
    public static EcPointFormats parse(WireReader body) {
        int[] formats = body.uint8List8(1, 0xff, "ec_point_format_list");
        body.requireEnd("ec_point_formats");
        return new EcPointFormats(formats);
    }

    /** Tells whether the list contains {@code uncompressed}. */
    public boolean hasUncompressed() {
        for (int format : formats) {
            if (format == EcPointFormat.UNCOMPRESSED.code()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.EC_POINT_FORMATS;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint8List8(formats);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EcPointFormats that && Arrays.equals(formats, that.formats);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(formats);
    }

    @Override
    public String toString() {
        return "EcPointFormats" + Arrays.toString(formats);
    }
}
