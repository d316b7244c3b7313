package dev.lockstep.jsse.keystore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
     * @throws IOException when a line is none of an entry, is there twice, or misses its other half
     */
    static Map<String, Place> read(InputStream in) throws IOException {
        Map<String, Place> places = new LinkedHashMap<>();
        byte[] text = in.readNBytes(LONGEST + 1);
        if (text.length > LONGEST) {
            throw new IOException("key store: longer than " + LONGEST + " bytes");
        }
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(new java.io.ByteArrayInputStream(text), StandardCharsets.UTF_8));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                take(line, number, places);
            }
        }
        for (Map.Entry<String, Place> entry : places.entrySet()) {
            if (entry.getValue().certificate == null || entry.getValue().key == null) {
                throw new IOException("key store: " + entry.getKey() + " has no "
                        + (entry.getValue().key == null ? ".key=" : ".cert=") + " line; add one");
            }
        }
        return places;
    }

    private static void take(String line, int number, Map<String, Place> places) throws IOException {
        int equals = line.indexOf('=');
        String name = equals < 0 ? "" : line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        int dot = name.lastIndexOf('.');
        String part = name.substring(dot + 1);
        if (dot < 1 || value.isEmpty() || !(part.equals("cert") || part.equals("key"))) {
            throw new IOException("key store: line " + number + " is neither ALIAS.cert=FILE nor ALIAS.key=PLACE");
        }
        String alias = name.substring(0, dot).toLowerCase(Locale.ROOT);
        Place known = places.getOrDefault(alias, new Place(null, null));
        if (part.equals("cert") ? known.certificate != null : known.key != null) {
            throw new IOException("key store: line " + number + " gives " + name + " a second time");
        }
        places.put(alias, part.equals("cert") ? new Place(value, known.key) : new Place(known.certificate, value));
    }
}
