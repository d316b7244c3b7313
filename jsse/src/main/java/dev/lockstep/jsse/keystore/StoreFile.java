package dev.lockstep.jsse.keystore;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a key store. One entry takes two lines, in any order; empty lines and lines that begin with {@code #} say
 * nothing, and every other line is refused:
 *
 * <pre>
 * web.cert=/etc/tls/web-chain.pem
 * web.key=pkcs11:token=web?module-name=softhsm2&amp;pin-source=/etc/tls/pin
 * </pre>
 */
final class StoreFile {

    private static final int LONGEST = 1 << 20;

    /** Where the two parts of an entry are. */
    record Place(@Nullable String certificate, @Nullable String key) {}

    private StoreFile() {}

    /**
     * Reads the entries, by alias in lower case.
     *
     * @throws IOException when a line is none of an entry, is there twice, or misses its other half, and when there is no entry
     */
    static Map<String, Place> read(InputStream in) throws IOException {
        Map<String, Place> places = new LinkedHashMap<>();
        byte[] text = in.readNBytes(LONGEST + 1);
        if (text.length > LONGEST) {
            throw new IOException("key store: longer than " + LONGEST + " bytes; is it the right file?");
        }
        requireText(text);
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(new ByteArrayInputStream(withoutMark(text)), StandardCharsets.UTF_8));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                take(line, number, places);
            }
        }
        if (places.isEmpty()) {
            // A file that was cut off or is just being written is not a server without keys.
            throw new IOException("key store: it has no entry; write ALIAS.cert=FILE and ALIAS.key=PLACE for each");
        }
        for (Map.Entry<String, Place> entry : places.entrySet()) {
            if (entry.getValue().certificate == null || entry.getValue().key == null) {
                throw new IOException("key store: " + entry.getKey() + " has no "
                        + (entry.getValue().key == null ? ".key=" : ".cert=") + " line; add one");
            }
        }
        return places;
    }

    /** Returns the bytes without the byte order mark of UTF-8 that some editors put in front; then the argument is wiped. */
    static byte[] withoutMark(byte[] content) {
        boolean marked = content.length >= 3
                && content[0] == (byte) 0xEF
                && content[1] == (byte) 0xBB
                && content[2] == (byte) 0xBF;
        if (!marked) {
            return content;
        }
        byte[] rest = Arrays.copyOfRange(content, 3, content.length);
        Arrays.fill(content, (byte) 0); // it may be a key
        return rest;
    }

    private static void requireText(byte[] content) throws IOException {
        int first = content.length < 2 ? 0 : (content[0] & 0xFF) << 8 | (content[1] & 0xFF);
        if (first == 0xFEFF || first == 0xFFFE) {
            throw new IOException("key store: it is in UTF-16; save it as UTF-8");
        }
        if (first == 0xFEED || first >> 8 == 0x30) {
            throw new IOException("key store: it is a " + (first == 0xFEED ? "JKS" : "PKCS#12")
                    + " key store and no text; load it with that type, or write ALIAS.cert=FILE and ALIAS.key=PLACE");
        }
    }

    private static void take(String line, int number, Map<String, Place> places) throws IOException {
        int equals = line.indexOf('=');
        String name = equals < 0 ? "" : line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        int dot = name.lastIndexOf('.');
        String part = name.substring(dot + 1);
        if (dot < 1 || value.isEmpty() || !(part.equals("cert") || part.equals("key"))) {
            throw new IOException("key store: line " + number
                    + " is neither ALIAS.cert=FILE nor ALIAS.key=PLACE; write one of them, or # before a comment");
        }
        String alias = name.substring(0, dot).toLowerCase(Locale.ROOT);
        Place known = places.getOrDefault(alias, new Place(null, null));
        if (part.equals("cert") ? known.certificate != null : known.key != null) {
            throw new IOException(
                    "key store: line " + number + " gives " + name + " a second time; leave one of them out");
        }
        places.put(alias, part.equals("cert") ? new Place(value, known.key) : new Place(known.certificate, value));
    }
}
