package dev.lockstep.server.serve;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Pre-shared keys from a file of lines {@code identity:hexkey}, in UTF-8. Identities may have colons, as the last one
 * counts. Empty lines and those that begin with {@code #} are passed over.
 */
final class PskFile implements PskSource {

    private static final String OPTION = "--psk-file";
    private static final String FORM = "write identity:hexkey";

    /** In bytes. RFC 4279 7.2: an eavesdropper can try keys of little entropy at leisure. */
    private static final int SHORTEST_KEY = 16;

    /** In bytes: what a connection takes from a client. */
    private static final int LONGEST_IDENTITY = Bounds.DEFAULT.maxPskIdentity();

    /**
     * A key under the MAC of its identity.
     *
     * @param tag under a key of this process alone, so that no client can choose where it stands
     */
    @SuppressWarnings("ArrayRecordComponent") // entries are not compared
    private record Entry(byte[] tag, byte[] key) {

        /** The place of a tag among others: a number, since a comparison of arrays tells how much of them is equal. */
        static long order(byte[] tag) {
            return ByteBuffer.wrap(tag).getLong();
        }

        long order() {
            return order(tag);
        }
    }

    private final byte[] macKey;
    /** In the order of their tags. */
    private final Entry[] entries;

    private final int standInLength;
    private final byte[] sessionContext;

    private PskFile(Map<PskIdentity, byte[]> keys, SecureRandom random) {
        this.macKey = new byte[HashAlgorithm.SHA256.length()];
        random.nextBytes(macKey);
        this.entries = keys.entrySet().stream()
                .map(each -> new Entry(tag(each.getKey()), each.getValue()))
                .sorted(Comparator.comparingLong(Entry::order))
                .toArray(Entry[]::new);
        // the most frequent length, so that an unknown identity costs the work of most known ones
        Map<Integer, Integer> lengths = new HashMap<>();
        keys.values().forEach(key -> lengths.merge(key.length, 1, Integer::sum));
        this.standInLength = lengths.entrySet().stream()
                .max(Map.Entry.<Integer, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
        this.sessionContext = fingerprint(keys);
    }

    /** The same for the same identities and keys, in whatever order: sessions outlast a file that is read again as it was. */
    private static byte[] fingerprint(Map<PskIdentity, byte[]> keys) {
        byte[][] each = keys.entrySet().stream()
                .map(entry -> {
                    Hmac hmac = Hmac.of(HashAlgorithm.SHA256, entry.getValue());
                    byte[] identity = entry.getKey().bytes();
                    hmac.update(identity, 0, identity.length);
                    byte[] tag = hmac.doFinal();
                    hmac.destroy();
                    return tag;
                })
                .sorted(Arrays::compareUnsigned)
                .toArray(byte[][]::new);
        ByteBuffer all = ByteBuffer.allocate(each.length * HashAlgorithm.SHA256.length());
        for (byte[] tag : each) {
            all.put(tag);
        }
        return HashAlgorithm.SHA256.digest(all.array());
    }

    /** Reads a file; a line that is not right is named by its number, and never shown. */
    static PskFile read(Path file) throws UsageError {
        Map<PskIdentity, byte[]> keys = new HashMap<>();
        int number = 0;
        for (String line : InputFile.text(OPTION, file).lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String where = file + " line " + number;
            int colon = line.lastIndexOf(':');
            if (colon < 1) {
                throw new UsageError(OPTION, where + " has no identity", FORM);
            }
            if (Character.isWhitespace(line.charAt(0)) || Character.isWhitespace(line.charAt(colon - 1))) {
                throw new UsageError(OPTION, where + " has blanks around its identity", FORM + " without them");
            }
            // The text has a character for each byte; identities are compared in bytes.
            byte[] encoded = line.substring(0, colon).getBytes(StandardCharsets.ISO_8859_1);
            if (encoded.length > LONGEST_IDENTITY) {
                throw new UsageError(
                        OPTION,
                        where + " has an identity of " + encoded.length + " bytes",
                        "give at most " + LONGEST_IDENTITY);
            }
            requireUtf8(where, encoded);
            PskIdentity identity = PskIdentity.of(encoded);
            if (keys.put(identity, key(where, line.substring(colon + 1).strip())) != null) {
                throw new UsageError(OPTION, where + " has an identity for the second time", "leave one of them");
            }
        }
        if (keys.isEmpty()) {
            throw new UsageError(OPTION, file + " has no key", FORM + ", one a line");
        }
        return new PskFile(keys, new SecureRandom());
    }

    /** RFC 4279 5.1: the identity "MUST be first converted to a character string, and then encoded to octets using UTF-8". */
    private static void requireUtf8(String where, byte[] identity) throws UsageError {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(identity));
        } catch (CharacterCodingException e) {
            throw new UsageError(OPTION, where + " has an identity that is not UTF-8", "write the file in UTF-8");
        }
    }

    private static byte[] key(String where, String hex) throws UsageError {
        byte[] key;
        try {
            key = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new UsageError(OPTION, where + " has a key that is not hexadecimal", FORM); // which e would show
        }
        if (key.length < SHORTEST_KEY || key.length > PskSource.MAX_KEY_LENGTH) {
            throw new UsageError(
                    OPTION,
                    where + " has a key of " + key.length + " bytes",
                    "give at least " + SHORTEST_KEY + " random ones, as of 'openssl rand -hex 32'");
        }
        return key;
    }

    /** How many keys there are. */
    int size() {
        return entries.length;
    }

    private byte[] tag(PskIdentity identity) {
        byte[] bytes = identity.bytes();
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, macKey);
        try {
            hmac.update(bytes, 0, bytes.length);
            return hmac.doFinal();
        } finally {
            hmac.destroy();
        }
    }

    /**
     * Looks an identity up with the same work whether it is there or not: as many steps of the search, one comparison, one
     * key that is copied, with zeros in the place of another's, and no branch.
     */
    @Override
    public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
        byte[] tag = tag(request.identity());
        long order = Entry.order(tag);
        int place = 0;
        for (int step = Integer.highestOneBit(entries.length); step > 0; step >>= 1) {
            int further = Math.min(place + step, entries.length - 1);
            place = entries[further].order() <= order ? further : place;
        }
        Entry nearest = entries[place];
        int same = ConstantTime.maskEqual(nearest.tag(), 0, tag, 0, tag.length);
        byte[] key = new byte[nearest.key().length];
        ConstantTime.select(same, nearest.key(), new byte[key.length], key);
        Start<Optional<byte[]>> known = Start.done(Optional.of(key));
        Start<Optional<byte[]>> unknown = Start.done(Optional.empty());
        return Arrays.asList(unknown, known).get(same & 1); // of an array, without a branch
    }

    @Override
    public int standInLength() {
        return standInLength;
    }

    @Override
    public byte[] sessionContext() {
        return sessionContext.clone();
    }
}
